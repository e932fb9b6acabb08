#include "stats/beside.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::stats;

namespace {

// Memory that leaks, and so many threads a request beside it.
Series run_beside(double threads, double seconds, unsigned seed) {
  synthetic::Recipe recipe;
  recipe.seconds = seconds;
  recipe.leak = 5000;
  recipe.seed = seed;
  Series run = synthetic::make(recipe);
  for (Sample& sample : run) {
    sample.at(Metric::threads) = 11 + std::floor(threads * sample.requests);
    sample.at(Metric::fds) =
        20 + static_cast<double>((seed + static_cast<unsigned>(sample.requests)) % 3);
  }
  return run;
}

}  // namespace

TEST_SUITE("beside memory") {
  TEST_CASE("a thread a request is told, and nothing that stays") {
    for (const double seconds : {8.0, 60.0}) {
      const auto found = grow_beside(run_beside(0, seconds, 1), run_beside(1, seconds, 2), {});
      REQUIRE(found.size() == 1);
      CHECK(found.front().metric == Metric::threads);
      CHECK(found.front().slope == doctest::Approx(1).epsilon(0.02));
      CHECK(grow_beside(run_beside(0, seconds, 1), run_beside(0, seconds, 2), {}).empty());
      CHECK(grow_beside(run_beside(1, seconds, 1), run_beside(1, seconds, 2), {}).empty());
    }
  }
  TEST_CASE("less than counts is not told") {
    CHECK(grow_beside(run_beside(0, 60, 1), run_beside(0.01, 60, 2), {}).empty());
  }
  TEST_CASE("the metric that is judged is the leak's own") {
    Options options;
    options.metric = Metric::threads;
    CHECK(grow_beside(run_beside(0, 60, 1), run_beside(1, 60, 2), options).empty());
  }
}
