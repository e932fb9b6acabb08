#include "stats/points.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using synthetic::make;
using synthetic::Recipe;

TEST_SUITE("points") {
  TEST_CASE("a bin keeps its lowest reading, its mean count and leaves the unfinished one out") {
    Recipe recipe;
    recipe.seconds = 3.5;
    recipe.ar_sd = 0;
    recipe.leak = 1000;
    const auto points = sift(make(recipe), {});
    REQUIRE(points.size() == 3);
    CHECK(points[1].y == doctest::Approx(40e6 + 1000 * 200));
    CHECK(points[1].x == doctest::Approx(290));
    CHECK(points[2].age_s == doctest::Approx(2));
  }
  TEST_CASE("missing readings are skipped") {
    Recipe recipe;
    recipe.seconds = 10;
    auto series = make(recipe);
    for (std::size_t i = 0; i < series.size(); ++i)
      if (i % 7 != 0) series[i].at(Metric::anon) = std::nan("");
    CHECK(sift(series, {}).size() >= 9);
    CHECK(sift(series, {Metric::rss}).empty());
    CHECK(sift({}, {}).empty());
  }
  TEST_CASE("a new pid with less memory is a restart, and counts begin anew") {
    Recipe recipe;
    recipe.restart_s = 25;
    const auto series = make(recipe);
    CHECK(generations(series).back() == 2);
    const auto points = sift(series, {});
    CHECK(points.back().generation == 2);
    CHECK(points.back().age_s < 11);
    CHECK(points.back().x < 11 * 200);
  }
  TEST_CASE("a helper process that comes and goes is no restart") {
    auto series = make({});
    for (std::size_t i = 100; i < 200; ++i) {
      series[i].newest_pid = 500;
      series[i].nproc = 2;
    }
    CHECK(generations(series).back() == 0);
  }
  TEST_CASE("collections are seen as drops, with their size and rhythm") {
    Recipe recipe;
    recipe.metric = Metric::heap_used;
    recipe.sawtooth = 10e6;
    recipe.sawtooth_s = 5;
    recipe.hz = 2;
    recipe.leak = 1000;
    const auto series = make(recipe);
    const auto seen = drops(series, Metric::heap_used);
    CHECK(seen.median_gap_s == doctest::Approx(5).epsilon(0.15));
    CHECK(seen.median_size > 5e6);
    const auto points = sift(series, {Metric::heap_used, Sift::after_drop});
    REQUIRE(points.size() >= 10);
    const double grown =
        (points.back().y - points.front().y) / (points.back().x - points.front().x);
    CHECK(grown == doctest::Approx(1000).epsilon(0.15));
  }
  TEST_CASE("steps of the heap are taken out, the growth between them stays") {
    Recipe recipe;
    recipe.leak = 1000;
    auto series = make(recipe);
    for (auto& sample : series) {
      if (sample.t_s >= 20) sample.at(Metric::anon) += 5e6;
      if (sample.t_s >= 41) sample.at(Metric::anon) += 2e6;
    }
    const auto grown = [&](Sift sift_by) {
      const auto points = sift(series, {Metric::anon, sift_by});
      return (points.back().y - points.front().y) / (points.back().x - points.front().x);
    };
    CHECK(grown(Sift::bin_minimum) > 1200);
    CHECK(grown(Sift::between_steps) == doctest::Approx(1000).epsilon(0.03));
  }
  TEST_CASE("a collection is no step: the garbage before it is not taken for growth") {
    for (const double period_s : {2.5, 7.0, 15.0}) {
      Recipe recipe;
      recipe.leak = 200;
      recipe.sawtooth = 4e6;
      recipe.sawtooth_s = period_s;
      const auto points = sift(make(recipe), {Metric::anon, Sift::between_steps});
      const double grown =
          (points.back().y - points.front().y) / (points.back().x - points.front().x);
      CHECK(grown < 200 + 4e6 / points.back().x);
    }
  }
  TEST_CASE("without collections there are no points after drops") {
    Recipe recipe;
    recipe.metric = Metric::heap_used;
    CHECK(sift(make(recipe), {Metric::heap_used, Sift::after_drop}).empty());
    CHECK(drops(make(recipe), Metric::heap_used).median_size == 0);
  }
  TEST_CASE("by the second the regressor is the age") {
    Reading reading;
    reading.per_second = true;
    auto series = make({});
    for (auto& sample : series) sample.requests = 0;
    CHECK(sift(series, reading).back().x == doctest::Approx(59.45));
  }
}
