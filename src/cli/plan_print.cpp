// The plan of a night, as text or as JSON, and what would make it shorter.

#include "base/amount.hpp"
#include "base/quantity.hpp"
#include "cli/known_leak.hpp"
#include "cli/plan.hpp"
#include "report/culprit_words.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace leakbisect::cli {

namespace {

constexpr double keeps_up_s = 0.005;  // lateness of 99 requests in 100: the server is not busy

std::string leak_words(double leak, const Assembly& assembly) {
  const Measure measure = measure_called(assembly.hunt.memory.metric);
  return format_amount(leak, measure) + per_words(measure, "request");
}

std::vector<std::string> advice(const NightPlan& plan, const Assembly& assembly) {
  std::vector<std::string> lines;
  const auto& wish = assembly.hunt.search.smallest_leak;
  const auto* http = std::get_if<config::HttpLoad>(&assembly.hunt.load.kind);
  const double late_s = mean_of(plan.clean, &Repeat::lateness_p99_s);
  const Resolved* best = plan.resolved.empty() ? nullptr : &plan.resolved.back();
  const bool missed = wish && best && (!best->leak || *best->leak > *wish);
  if (missed)
    lines.push_back(fmt::format(
        "the wish of {} is below what {} can show: longer trials (limits.trial) or less "
        "noise are needed",
        leak_words(*wish, assembly), format_duration(best->seconds)));
  if (http && !http->closed && !plan.clean.empty() && late_s < keeps_up_s)
    lines.push_back(fmt::format(
        "the server keeps up easily at {:g} requests/s: a higher load.http.rate shows the same "
        "leak sooner, in proportion",
        http->rate));
  const auto ends = plan.controls.judge->curves();
  const bool settles = ends && traits(ends->metric()).garbage == Garbage::collected;
  if (missed && !settles)
    lines.push_back(
        "a forced collection before each reading (memory.settle) or a smaller heap lowers the "
        "noise most");
  if (plan.forecast.unfinished > 0)
    lines.push_back(
        fmt::format("{} of {} made-up hunts found no answer: lower search.confidence or "
                    "raise limits.trial",
                    plan.forecast.unfinished, plan.forecast.all.hunts));
  const double budget_s = assembly.hunt.limits.budget_s;
  if (budget_s > 0 && plan.total_s(plan.forecast.all) > budget_s)
    lines.push_back(fmt::format("the budget of {} is too short: raise it, or limits.parallel",
                                format_duration(budget_s)));
  return lines;
}

std::string branch(const NightPlan& plan, std::string_view when, const HuntMeans& means) {
  if (means.hunts == 0) return fmt::format("{}, not played", when);
  return fmt::format("{}, {:.1f} trials, {}", when, means.trials,
                     format_duration(plan.total_s(means)));
}

nlohmann::json to_json(const NightPlan& plan, const HuntMeans& means) {
  return {{"made_up_hunts", means.hunts},
          {"search_trials", means.trials},
          {"seconds", plan.total_s(means)}};
}

// What the trials are driven at, as it is after the controls.
std::string rate_of(const NightPlan& plan, const Assembly& assembly) {
  const auto* http = std::get_if<config::HttpLoad>(&assembly.hunt.load.kind);
  if (http == nullptr || http->closed) return {};
  if (!plan.rate.empty() && plan.warnings.empty()) return plan.rate;
  return fmt::format("{:g} requests/s", http->rate);
}

void print_text(const NightPlan& plan, const Assembly& assembly) {
  const hunt::Controls& controls = plan.controls;
  const auto ends = controls.judge->curves();
  const auto row = [](const char* what, const std::string& text) {
    fmt::print("{:<11} {}\n", what, report::printable(text));
  };
  if (const std::string rate = rate_of(plan, assembly); !rate.empty()) row("rate", rate);
  for (const std::string& warning : plan.warnings) row("warning", warning);
  if (controls.result == hunt::Controls::Result::apart && ends)
    row("ends", fmt::format("apart by {} after {}: {}", stats::metric_name(ends->metric()),
                            format_duration(ends->separated_at_s()),
                            report::slope_words(controls.leak_slope, controls.leak_slope_se,
                                                report::per_what(controls.bad))));
  else
    row("ends", controls.result == hunt::Controls::Result::apart ? "apart" : controls.reason);
  if (controls.known_leak) row("known leak", controls.known_leak->sentence);
  if (!plan.why_not.empty()) row("repeats", plan.why_not);
  for (const auto* repeats : {&plan.clean, &plan.leaking})
    for (const Repeat& repeat : *repeats)
      if (std::isfinite(repeat.lambda) && ends)
        row(repeats == &plan.clean ? "A/A" : "leaking",
            fmt::format("{} after {}, {:.2f} of the leak (se {:.2f})",
                        stats::verdict_name(repeat.verdict), format_duration(repeat.seconds),
                        repeat.lambda, repeat.lambda_se));
  for (const Resolved& one : plan.resolved) {
    const std::string length = format_duration(one.seconds);
    if (one.leak)
      row("resolution", fmt::format("in {}: {} and more", length, leak_words(*one.leak, assembly)));
    else if (&one == &plan.resolved.back())
      row("resolution", fmt::format("in {}: no leak of any size", length));
  }
  const Forecast& forecast = plan.forecast;
  if (forecast.all.hunts > 0) {
    row("search",
        fmt::format("{} units by {}: {:.1f} trials ({:.0f} to {:.0f} in eight hunts of ten), from "
                    "{} made-up hunts",
                    assembly.source->space().size(), plan.strategy, forecast.all.trials,
                    forecast.fewest_trials, forecast.most_trials, forecast.all.hunts));
    row("time",
        fmt::format("controls {}, search {} ({} a trial, {} side by side), proof {}: {}",
                    format_duration(plan.control_seconds),
                    format_duration(plan.search_s(forecast.all)), format_duration(plan.trial_s),
                    plan.slots, format_duration(plan.proof_s(forecast.all)),
                    format_duration(plan.total_s(forecast.all))));
  }
  if (const auto& suspect = forecast.suspect)
    row("suspect", fmt::format("{} ({:.0f}% before any trial): {}; {}",
                               assembly.source->space().names[suspect->unit], 100 * suspect->share,
                               branch(plan, "if it leaks", suspect->guilty),
                               branch(plan, "if not", suspect->innocent)));
  for (const std::string& line : advice(plan, assembly)) row("advice", line);
}

nlohmann::json to_json(const NightPlan& plan, const Assembly& assembly) {
  static constexpr const char* results[] = {"apart",    "nothing_leaks", "good_end_leaks",
                                            "reversed", "not_separable", "untestable",
                                            "halted"};
  nlohmann::json json;
  json["ends"] = results[static_cast<int>(plan.controls.result)];
  json["reason"] = plan.controls.reason;
  if (const auto ends = plan.controls.judge->curves()) {
    json["metric"] = stats::metric_name(ends->metric());
    json["separated_at_s"] = ends->separated_at_s();
    json["leak_" + slope_key(traits(ends->metric()).measure)] = plan.controls.leak_slope;
  }
  json["positive_control"] = known_leak_json(plan);
  for (const auto* repeats : {&plan.clean, &plan.leaking})
    for (const Repeat& repeat : *repeats)
      json["repeats"].push_back({{"end", repeats == &plan.clean ? "clean" : "leaking"},
                                 {"verdict", stats::verdict_name(repeat.verdict)},
                                 {"lambda", repeat.lambda},
                                 {"se", repeat.lambda_se},
                                 {"seconds", repeat.seconds}});
  for (const Resolved& one : plan.resolved)
    json["resolution"].push_back(
        {{"seconds", one.seconds},
         {fmt::format("{}_per_request", traits(measure_called(assembly.hunt.memory.metric)).many),
          one.leak ? nlohmann::json(*one.leak) : nlohmann::json()}});
  if (const std::string rate = rate_of(plan, assembly); !rate.empty()) {
    json["rate"] = std::get<config::HttpLoad>(assembly.hunt.load.kind).rate;
    json["rate_reason"] = rate;
  }
  json["warnings"] = plan.warnings;
  json["strategy"] = plan.strategy;
  json["slots"] = plan.slots;
  const Forecast& forecast = plan.forecast;
  json["trials"] = {{"search", forecast.all.trials},
                    {"search_p10", forecast.fewest_trials},
                    {"proof", NightPlan::proof_trials(forecast.all)},
                    {"search_p90", forecast.most_trials},
                    {"made_up_hunts", forecast.all.hunts},
                    {"unanswered", forecast.unfinished}};
  json["seconds"] = {{"trial", plan.trial_s},
                     {"controls", plan.control_seconds},
                     {"search", plan.search_s(forecast.all)},
                     {"proof", plan.proof_s(forecast.all)},
                     {"total", plan.total_s(forecast.all)}};
  if (const auto& suspect = forecast.suspect)
    json["suspect"] = {{"unit", assembly.source->space().names[suspect->unit]},
                       {"probability", suspect->share},
                       {"if_it_leaks", to_json(plan, suspect->guilty)},
                       {"if_not", to_json(plan, suspect->innocent)}};
  json["advice"] = advice(plan, assembly);
  return json;
}

}  // namespace

void print_plan(const NightPlan& plan, const Assembly& assembly, bool json) {
  if (json)
    fmt::print(
        "{}\n",
        to_json(plan, assembly).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    print_text(plan, assembly);
}

}  // namespace leakbisect::cli
