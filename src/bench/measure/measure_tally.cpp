#include "bench/measure/measure_tally.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace leakbisect::bench {

namespace {

std::string share(int hits, int of) {
  const auto [low, high] = wilson(hits, of);
  return fmt::format("{} ({:.1f}-{:.1f}%)", hits, 100 * low, 100 * high);
}

nlohmann::json interval(int hits, int of) {
  const auto [low, high] = wilson(hits, of);
  return {{"count", hits}, {"of", of}, {"low", low}, {"high", high}};
}

}  // namespace

void RuleTally::add(const Judged& truth, const Answer& answer, double from_s, double t_max_s) {
  const bool open_now = answer.verdict == stats::Verdict::undecided;
  (truth.leaks ? leaking : clean) += 1;
  if (open_now)
    (truth.leaks ? open_leaking : open_clean) += 1;
  else if ((answer.verdict == stats::Verdict::leaking) != truth.leaks)
    (truth.leaks ? wrong_leaking : wrong_clean) += 1;
  seconds.push_back(open_now ? t_max_s - from_s : answer.t_s - from_s);
  requests.push_back(answer.requests);
}

void RuleTally::merge(const RuleTally& other) {
  clean += other.clean;
  leaking += other.leaking;
  wrong_clean += other.wrong_clean;
  wrong_leaking += other.wrong_leaking;
  open_clean += other.open_clean;
  open_leaking += other.open_leaking;
  seconds.insert(seconds.end(), other.seconds.begin(), other.seconds.end());
  requests.insert(requests.end(), other.requests.begin(), other.requests.end());
}

std::pair<double, double> wilson(int hits, int of) {
  if (of == 0) return {0, 1};
  const double z = 1.959964;
  const double n = of;
  const double p = hits / n;
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string rule_table_head() {
  return fmt::format("  {:<11} {:>9} {:>20} {:>20} {:>11} {:>7} {:>7} {:>9} {:>9}\n", "rule",
                     "runs", "wrong (95%)", "undecided (95%)", "clean/leaks", "mean s", "med. s",
                     "mean req", "med. req");
}

std::string table_line(const std::string& rule, const RuleTally& tally) {
  return fmt::format("  {:<11} {:>9} {:>20} {:>20} {:>11} {:7.1f} {:7.1f} {:9.0f} {:9.0f}\n", rule,
                     fmt::format("{} + {}", tally.clean, tally.leaking),
                     share(tally.wrong(), tally.runs()), share(tally.open(), tally.runs()),
                     fmt::format("{}/{} {}/{}", tally.wrong_clean, tally.wrong_leaking,
                                 tally.open_clean, tally.open_leaking),
                     mean(tally.seconds), median(tally.seconds), mean(tally.requests),
                     median(tally.requests));
}

std::string jsonl_line(const std::string& rule, const std::string& set, const RuleTally& tally) {
  const nlohmann::json object = {{"rule", rule},
                                 {"set", set},
                                 {"clean_runs", tally.clean},
                                 {"leaking_runs", tally.leaking},
                                 {"wrong", interval(tally.wrong(), tally.runs())},
                                 {"wrong_clean", tally.wrong_clean},
                                 {"wrong_leaking", tally.wrong_leaking},
                                 {"undecided", interval(tally.open(), tally.runs())},
                                 {"undecided_clean", tally.open_clean},
                                 {"undecided_leaking", tally.open_leaking},
                                 {"mean_s", mean(tally.seconds)},
                                 {"median_s", median(tally.seconds)},
                                 {"mean_requests", mean(tally.requests)},
                                 {"median_requests", median(tally.requests)}};
  return object.dump() + "\n";
}

}  // namespace leakbisect::bench
