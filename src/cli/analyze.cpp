#include "base/amount.hpp"
#include "base/quantity.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "stats/decision.hpp"
#include "trial/trial.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace leakbisect::cli {
namespace {

Result<std::vector<stats::Series>> load_all(const std::vector<std::filesystem::path>& files) {
  std::vector<stats::Series> all;
  for (const auto& file : files) {
    auto series = trial::read_samples(file);
    if (!series) return series.error();
    all.push_back(std::move(*series));
  }
  return all;
}

Result<stats::Options> options_of(const AnalyzeOptions& options) {
  stats::Options out;
  out.t_max_s = options.t_max_s;
  out.smallest_slope = options.smallest_leak;
  out.per_second = options.per_second;
  if (options.metric && *options.metric != "auto") {
    out.metric = stats::find_metric(*options.metric);
    if (!out.metric)
      return fail("--metric {}: no such metric; the columns are in the CSV's first line",
                  *options.metric);
  }
  return out;
}

Result<stats::Decision> decide(const AnalyzeOptions& files) {
  const auto options = options_of(files);
  if (!options) return options.error();
  const auto run = trial::read_samples(files.run);
  if (!run) return run.error();
  if (files.good.empty() != files.bad.empty())
    return fail("--good and --bad belong together: give both ends, or none");
  if (files.good.empty()) {
    // A curve that ends just before t_max is judged as if it had got there.
    stats::Options last = *options;
    if (!run->empty() && run->back().t_s >= 0.9 * last.t_max_s)
      last.t_max_s = std::min(last.t_max_s, run->back().t_s);
    return stats::judge_alone(*run, last);
  }
  auto good = load_all(files.good);
  if (!good) return good.error();
  auto bad = load_all(files.bad);
  if (!bad) return bad.error();
  const auto ends = stats::Ends::calibrate(std::move(*good), std::move(*bad), *options);
  if (!ends) {  // the ends cannot be told apart: that is what is known of the run, too
    stats::Decision decision;
    decision.lambda = decision.se = std::nan("");
    decision.reason = ends.error().message;
    if (options->metric) decision.metric = *options->metric;
    return decision;
  }
  return stats::replay(*run, *ends, *options);
}

nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

nlohmann::json to_json(const stats::Decision& d) {
  return {{"verdict", stats::verdict_name(d.verdict)},
          {"lambda", number(d.lambda)},
          {"se", number(d.se)},
          {"llr", number(d.llr)},
          {slope_key(traits(d.metric).measure), number(d.slope)},
          {"slope_se", number(d.slope_se)},
          {"metric", stats::metrics_used(d)},
          {"decided_at_s", number(d.decided_at_s)},
          {"decided_at_requests", number(d.decided_at_requests)},
          {"reason", d.reason}};
}

}  // namespace

int analyze(const AnalyzeOptions& options) {
  const auto decision = decide(options);
  if (!decision) return complain(decision.error(), exit_usage);
  if (options.json)
    fmt::print("{}\n", to_json(*decision).dump());
  else
    fmt::print("{}: {} (after {} and {:.0f} requests, by {})\n",
               stats::verdict_name(decision->verdict), decision->reason,
               format_duration(decision->decided_at_s), decision->decided_at_requests,
               stats::metrics_used(*decision));
  return 0;
}

}  // namespace leakbisect::cli
