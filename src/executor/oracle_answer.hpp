#pragma once

// What an oracle's exit code and last line mean. Pure.

#include "strategies/strategy.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leakbisect::executor {

/// An oracle's answer as evidence, with the reason when it is none.
struct OracleAnswer {
  strategies::Outcome outcome;
  std::string reason;
};

/// ln P(slope | it leaks by `leak`) / P(slope | clean): of two normal densities of the same width.
double slope_llr(double slope, double se, double leak);

/// Reads an answer: a last line {"slope": s, "se": e} or {"llr": l} wins over the exit code; else 0
/// is clean, 1 leaking, 125 untestable, and anything else an error. `smallest_slope` is the slope
/// of a leak over `base_slope` (bytes per request), against which a slope is weighed, with
/// `base_slope` for clean.
OracleAnswer read_oracle_answer(int exit_code, std::string_view output, double false_positive,
                                double false_negative, std::optional<double> smallest_slope,
                                double base_slope = 0);

}  // namespace leakbisect::executor
