#include "executor/oracle_answer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace leakbisect::executor {

using strategies::OutcomeKind;
using strategies::Verdict;

namespace {

std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  const auto start = text.rfind('\n');
  return start == std::string_view::npos ? text : text.substr(start + 1);
}

std::optional<double> finite_number(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Verdict by_sign(double llr, double boundary) {
  return llr >= boundary    ? Verdict::leaking
         : llr <= -boundary ? Verdict::clean
                            : Verdict::undecided;
}

OracleAnswer measured(double llr) {
  OracleAnswer answer;
  answer.outcome.llr = llr;
  answer.outcome.verdict = by_sign(llr, 0);
  return answer;
}

std::optional<OracleAnswer> read_json(std::string_view line, std::optional<double> smallest_slope,
                                      double base_slope) {
  if (line.empty() || line.front() != '{') return std::nullopt;
  const auto object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  if (const auto llr = finite_number(object, "llr")) return measured(*llr);
  const auto slope = finite_number(object, "slope");
  const auto se = finite_number(object, "se");
  if (!slope || !se || *se <= 0) return std::nullopt;
  const double leak = smallest_slope.value_or(1.0);
  OracleAnswer answer = measured(slope_llr(*slope - base_slope, *se, leak));
  answer.outcome.slope = *slope;
  answer.outcome.slope_se = *se;
  return answer;
}

}  // namespace

// Two Gaussians of the same width, one around 0 and one around the leak's slope m:
// ln N(x; m, se) - ln N(x; 0, se) = (x - m/2) m / se^2.
double slope_llr(double slope, double se, double leak) {
  return (slope - leak / 2) * leak / (se * se);
}

OracleAnswer read_oracle_answer(int exit_code, std::string_view output, double false_positive,
                                double false_negative, std::optional<double> smallest_slope,
                                double base_slope) {
  const bool answered = exit_code == 0 || exit_code == 1;
  if (answered)
    if (auto answer = read_json(last_line(output), smallest_slope, base_slope)) return *answer;
  // A rate of exactly 0 would make one trial outweigh everything; 1e-6 keeps it finite.
  const double alpha = std::max(false_positive, 1e-6);
  const double beta = std::max(false_negative, 1e-6);
  if (exit_code == 1) return measured(std::log((1 - beta) / alpha));
  if (exit_code == 0) return measured(std::log(beta / (1 - alpha)));
  OracleAnswer answer;
  answer.outcome.kind = exit_code == 125 ? OutcomeKind::untestable : OutcomeKind::error;
  answer.reason =
      exit_code == 125
          ? "the oracle says untestable (exit code 125)"
          : fmt::format("the oracle ended with exit code {}; 0, 1 or 125 are answers", exit_code);
  return answer;
}

}  // namespace leakbisect::executor
