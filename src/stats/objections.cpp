#include "stats/objections.hpp"

#include "stats/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::stats {

namespace {

// A witness less sure than that must be further off to count.
constexpr double sure_witness_se = 0.35;
constexpr double other_clear = 0.1;  // |lambda - 1/2| by another reading of the same metric

std::string way_of(const Reading& reading) {
  switch (reading.sift) {
    case Sift::after_drop:
      return "after its falls";
    case Sift::between_steps:
      return fmt::format("by {:g} s between its steps", reading.bin_s);
    case Sift::bin_minimum:
      break;
  }
  return fmt::format("by {:g} s", reading.bin_s);
}

}  // namespace

void hear_witness(Decision& decision, const Template& witness,
                  std::span<const Increment> increments) {
  if (decision.verdict == Verdict::undecided) return;
  const Placement seen = place(increments, witness.noise);
  if (!enough(witness, seen)) return;
  const double se = total_se(seen);
  const bool consistent =
      decision.verdict == Verdict::leaking
          ? decision.lambda > 0.5 + novel || seen.lambda < 0.5 + novel + 2 * se
          : seen.lambda < 0.5 - clear_of_half + std::max(0.0, se - sure_witness_se);
  if (consistent) return;
  decision.verdict = Verdict::undecided;
  const Metric metric = witness.method.reading.metric;
  decision.reason += fmt::format(
      "; but {}{} grows {:.2f} of the leaking end, so it is something else", metric_name(metric),
      metric == decision.metric ? " with its steps" : "", seen.lambda);
}

void hear_other_reading(Decision& decision, const Template& other,
                        std::span<const Increment> increments) {
  if (decision.verdict == Verdict::undecided) return;
  const Placement seen = place(increments, other.noise);
  const double sign = decision.verdict == Verdict::leaking ? 1 : -1;
  if (!enough(other, seen) || (seen.lambda - 0.5) * sign >= other_clear) return;
  decision.verdict = Verdict::undecided;
  decision.reason += fmt::format("; but read {} it is {:.2f} of the leaking end",
                                 way_of(other.method.reading), seen.lambda);
}

}  // namespace leakbisect::stats
