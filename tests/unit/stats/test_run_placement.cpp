#include "stats/calibrate.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using synthetic::make;
using synthetic::Recipe;

namespace {

Placement placed(double lambda, double variance) {
  Placement placement;
  placement.k = 10;
  placement.lambda = lambda;
  placement.variance = variance;
  placement.run_to_run = 0.1;
  return placement;
}

/// Anonymous memory and a heap that show the same leak, each with noise of its own.
Series two_metrics(double leak, unsigned seed) {
  Recipe recipe;
  recipe.leak = leak;
  recipe.seed = seed;
  recipe.ar_sd = 250e3;
  recipe.steps_sd = 350e3;
  auto run = make(recipe);
  recipe.seed = seed + 1000;
  const auto heap = make(recipe);
  for (std::size_t i = 0; i < run.size(); ++i)
    run[i].at(Metric::heap_used) = heap[i].at(Metric::anon);
  return run;
}

}  // namespace

TEST_SUITE("run placement") {
  TEST_CASE("two metrics are surer than one, the less so the more they have in common") {
    const auto apart = together(placed(1.1, 0.04), placed(0.9, 0.04), 0);
    CHECK(apart.lambda == doctest::Approx(1));
    CHECK(apart.variance == doctest::Approx(0.02));
    CHECK(together(placed(1, 0.04), placed(1, 0.04), 0.6).variance > apart.variance);
    CHECK(together(placed(1, 0.04), placed(1, 0.04), 0.6).variance < 0.04);
    CHECK(together(placed(1, 0.01), placed(0, 0.09), 0).lambda > 0.8);
  }
  TEST_CASE("metrics that contradict each other make lambda less sure") {
    const auto agree = together(placed(1, 0.01), placed(1, 0.01), 0);
    CHECK(together(placed(1, 0.01), placed(0, 0.01), 0).variance > 10 * agree.variance);
  }
  TEST_CASE("a metric that knows nothing changes nothing") {
    const double nothing = std::numeric_limits<double>::infinity();
    CHECK(together(placed(0.8, 0.04), placed(0, nothing), 0.2).lambda == 0.8);
    CHECK(together(placed(0, nothing), placed(0.8, 0.04), 0.2).lambda == 0.8);
    CHECK(together(placed(0.8, 0.01), placed(0, 4), 0.9).lambda == 0.8);
  }
  TEST_CASE("two metrics are used together where that tells the controls apart sooner, and named") {
    int joined = 0;
    for (unsigned seed = 1; seed <= 8; ++seed) {
      const Controls controls{{two_metrics(0, seed)}, {two_metrics(500, seed + 100)}};
      const auto best = best_fit(controls, {});
      if (!best || !best->second) continue;
      ++joined;
      CHECK(best->second->correlation < 0.8);
      const auto ends = Ends::calibrate(controls.clean, controls.leaking, {});
      if (!ends) continue;
      const auto decision = (*ends)->judge(two_metrics(500, seed + 200));
      CHECK(metrics_used(decision).find('+') != std::string::npos);
      CHECK(decision.reason.find("together") != std::string::npos);
      Options one;
      one.metric = Metric::anon;
      const auto alone = best_fit(controls, one);
      if (alone && alone->separated_at_s && best->separated_at_s)
        CHECK(*best->separated_at_s < *alone->separated_at_s);
    }
    CHECK(joined > 0);
  }
  TEST_CASE("one metric is named by itself") {
    Decision decision;
    decision.metric = Metric::settled;
    CHECK(metrics_used(decision) == "settled");
    decision.beside = Metric::anon;
    CHECK(metrics_used(decision) == "settled+anon");
  }
  TEST_CASE("metrics that are one and the same share their noise") {
    auto clean = two_metrics(0, 1);
    auto leaking = two_metrics(2000, 2);
    for (auto* run : {&clean, &leaking})
      for (auto& sample : *run) sample.at(Metric::heap_used) = sample.at(Metric::anon);
    const auto fitted = [&](Metric metric) {
      return *fit({clean}, {leaking}, {{metric, Sift::bin_minimum, 2, false}, 5, 1, false});
    };
    CHECK(correlation(fitted(Metric::anon), fitted(Metric::heap_used)) > 0.9);
  }
}
