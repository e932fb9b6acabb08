#include "bench/measure/measure_bench.hpp"

#include "base/files.hpp"
#include "bench/measure/measure_sizes.hpp"
#include "bench/measure/measure_tally.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace leakbisect::bench {

namespace {

constexpr std::string_view product = "leakbisect";
constexpr std::string_view made_up_prefix = "made-up";

struct Report {
  std::vector<std::string> sets;  // in the order met
  std::map<std::string, std::map<std::string, RuleTally>> tallies;
  std::string jsonl;

  RuleTally& at(const std::string& set, const std::string& rule) {
    if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(set);
    return tallies[set][rule];
  }
};

Result<std::vector<const Rule*>> chosen(const std::vector<std::string>& names) {
  std::vector<const Rule*> rules;
  std::string known;
  for (const auto& rule : measure_rules()) {
    known += (known.empty() ? "" : ", ") + rule.name;
    if (names.empty() || std::find(names.begin(), names.end(), rule.name) != names.end())
      rules.push_back(&rule);
  }
  for (const auto& name : names)
    if (std::none_of(rules.begin(), rules.end(),
                     [&name](const Rule* rule) { return rule->name == name; }))
      return fail("no rule is called \"{}\": choose from {}", name, known);
  return rules;
}

/// One judged run of the product's rule, for whoever wants to know which ones went wrong.
std::string run_line(const Case& one, const Judged& run, const Answer& answer) {
  const nlohmann::json object = {
      {"rule", product},         {"set", one.set},
      {"controls", one.name},    {"run", run.name},
      {"leaks", run.leaks},      {"verdict", stats::verdict_name(answer.verdict)},
      {"lambda", answer.lambda}, {"se", answer.se},
      {"s", answer.t_s},         {"reason", answer.reason}};
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void judge_all(const std::vector<Case>& cases, const std::vector<const Rule*>& rules,
               double t_max_s, Report& report) {
  for (const auto& one : cases) {
    for (const Rule* rule : rules) {
      const Judge judge = rule->prepare(one.controls);
      for (const auto& run : one.runs) {
        const Answer answer = judge(*run.run);
        report.at(one.set, rule->name).add(run, answer, one.from_s, one.controls.t_max_s);
        if (one.set.starts_with(made_up_prefix))
          report.at("made-up, all sizes", rule->name).add(run, answer, one.from_s, t_max_s);
        if (rule->name == product) report.jsonl += run_line(one, run, answer);
      }
    }
  }
}

void print_sets(Report& report, const std::vector<const Rule*>& rules, std::FILE* out) {
  for (const auto& set : report.sets) {
    fmt::print(out, "\n{}\n{}", set, rule_table_head());
    for (const Rule* rule : rules) {
      const RuleTally& tally = report.tallies[set][rule->name];
      fmt::print(out, "{}", table_line(rule->name, tally));
      report.jsonl += jsonl_line(rule->name, set, tally);
    }
  }
}

/// Server-seconds of a trial of the founding story beside a fixed trial of t_max_s.
void print_story(Report& report, double t_max_s, std::FILE* out) {
  if (!report.tallies.contains("story")) return;
  auto& story = report.tallies["story"];
  if (!story.contains(std::string(product)) || story[std::string(product)].seconds.empty()) return;
  const RuleTally& ours = story[std::string(product)];
  fmt::print(out,
             "\nfounding story (a timer for each request): {:.1f} s a trial beside {:.0f} s, a "
             "share of {:.2f}; wrong {} of {}\n",
             mean(ours.seconds), t_max_s, mean(ours.seconds) / t_max_s, ours.wrong(), ours.runs());
}

}  // namespace

Result<> bench_measure(const MeasureBench& options, std::FILE* out) {
  const auto rules = chosen(options.rules);
  if (!rules) return rules.error();
  Report report;
  fmt::print(out, "seed {}, undecided at {:.0f} s; clean/leaks: wrong, then undecided\n",
             options.seed, options.t_max_s);
  for (const Rule* rule : *rules) fmt::print(out, "  {:<11} {}\n", rule->name, rule->what);
  if (!options.traces.empty()) {
    const auto cases = trace_cases(options.traces, options.t_max_s);
    if (!cases) return cases.error();
    judge_all(*cases, *rules, options.t_max_s, report);
  }
  if (options.servers > 0)
    for (const auto& make : {made_up_cases, short_end_cases, trouble_cases})
      judge_all(make(options.servers, options.seed, options.t_max_s), *rules, options.t_max_s,
                report);
  print_sets(report, *rules, out);
  print_story(report, options.t_max_s, out);
  if (options.sizes > 0) bench_sizes(options.sizes, options.seed, options.t_max_s, out);
  if (options.jsonl.empty()) return {};
  return write_atomic(options.jsonl, report.jsonl);
}

}  // namespace leakbisect::bench
