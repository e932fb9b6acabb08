// Walks the table of metrics: whoever adds one and forgets to say how it is judged fails here.

#include "stats/decision.hpp"
#include "stats/phases.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::stats;

namespace {

// A run that holds readings of this metric alone; a leak is large for its measure.
synthetic::Recipe recipe_of(const MetricTraits& row, bool leaks) {
  const bool counts = is_count(row.metric);
  synthetic::Recipe recipe;
  recipe.metric = row.metric;
  recipe.seconds = 91;  // enough bins of the longest kind
  recipe.base = counts ? 30 : 40e6;
  recipe.ar_sd = counts ? 0.3 : 2e3;
  recipe.leak = leaks ? 20 * measure_of(row.metric).smallest_leak : 0;
  return recipe;
}

Series run_that_grows(const MetricTraits& row, bool leaks, unsigned seed) {
  auto recipe = recipe_of(row, leaks);
  recipe.seed = seed;
  Series run = synthetic::make(recipe);
  if (is_count(row.metric))
    for (Sample& sample : run) sample.at(row.metric) = std::round(sample.at(row.metric));
  return run;
}

Decision between_ends(const MetricTraits& row, bool leaks, std::optional<Metric> forced) {
  Options options;
  options.metric = forced;
  const auto ends =
      Ends::calibrate({run_that_grows(row, false, 1)}, {run_that_grows(row, true, 2)}, options);
  REQUIRE(ends);
  return replay(run_that_grows(row, leaks, 3), *ends, options);
}

// On for six seconds, off for four, five times.
PhaseReport by_phase(const MetricTraits& row) {
  auto recipe = recipe_of(row, true);
  Series run;
  std::vector<Phase> phases;
  double requests = 0;
  for (int i = 0; i < 600; ++i) {
    const double t_s = i / 10.0;
    const bool loaded = std::fmod(t_s, 10) < 6;
    requests += loaded ? 20 : 0;
    Sample sample;
    sample.t_s = t_s;
    sample.requests = requests;
    sample.at(row.metric) = std::round(recipe.base + recipe.leak * requests);
    run.push_back(sample);
    if (i % 100 == 0) phases.push_back({t_s, t_s + 6, true});
    if (i % 100 == 0) phases.push_back({t_s + 6, t_s + 10, false});
  }
  return growth_by_phase(run, phases, {});
}

}  // namespace

TEST_SUITE("metrics") {
  TEST_CASE("every metric is found by its name and by its column") {
    for (const MetricTraits& row : metrics()) {
      CHECK(find_metric(row.name) == row.metric);
      CHECK(find_metric(row.column) == row.metric);
      CHECK(!row.source.empty());
    }
    CHECK(!find_metric("anonymous"));
  }
  TEST_CASE("every metric says when it is judged, and is judged so") {
    for (const MetricTraits& row : metrics()) {
      CAPTURE(row.name);
      CHECK((row.use == Use::judged) == (row.ranks.ends > 0));
      CHECK((row.use == Use::beside) == is_count(row.metric));
      CHECK((row.part == MemoryPart::none) == is_count(row.metric));
      CHECK((row.bins.standard_s > 0 && row.bins.longer_s.front() > 0));
      // By itself where it may be, else where the hunt file names it.
      const auto forced = row.use == Use::judged ? std::nullopt : std::optional(row.metric);
      const Decision leaking = between_ends(row, true, forced);
      CHECK(leaking.verdict == Verdict::leaking);
      CHECK(leaking.metric == row.metric);
      CHECK(between_ends(row, false, forced).verdict == Verdict::clean);
    }
  }
  TEST_CASE("whatever grows with requests is told, and what it means where the ends are judged") {
    for (const MetricTraits& row : metrics()) {
      CAPTURE(row.name);
      const auto report = by_phase(row);
      REQUIRE(report.metrics.size() == 1);
      CHECK(report.metrics.front().growth == Growth::requests);
      const bool has_meaning = row.use != Use::on_request;
      CHECK((report.meaning.find(row.name) != std::string::npos) == has_meaning);
    }
  }
  TEST_CASE("alone, a curve leaks by what counts in its own measure") {
    for (const MetricTraits& row : metrics()) {
      CAPTURE(row.name);
      Options options;
      options.metric = row.metric;
      CHECK(judge_alone(run_that_grows(row, true, 3), options).verdict == Verdict::leaking);
      CHECK(judge_alone(run_that_grows(row, false, 3), options).verdict == Verdict::clean);
    }
    auto run = run_that_grows(traits(Metric::threads), false, 1);
    for (Sample& sample : run) sample.at(Metric::threads) += sample.requests;
    Options options;
    options.metric = Metric::threads;
    const auto decision = judge_alone(run, options);
    CHECK(decision.verdict == Verdict::leaking);
    CHECK(decision.reason.find("1.0 thread a request") != std::string::npos);
    options.metric = Metric::fds;
    CHECK(judge_alone(run, options).reason == "no readings of fds: it comes from /proc/PID/fd");
  }
  TEST_CASE("no two metrics share a rank") {
    for (const auto rank : {&Ranks::ends, &Ranks::alone, &Ranks::windows, &Ranks::plain}) {
      const auto order = ranked(rank);
      REQUIRE(!order.empty());
      for (std::size_t i = 0; i < order.size(); ++i)
        CHECK(traits(order[i]).ranks.*rank == static_cast<int>(i) + 1);
    }
  }
}
