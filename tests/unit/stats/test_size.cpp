#include "stats/size.hpp"
#include "tests/unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
#include <vector>

namespace leakbisect::stats {

namespace {

constexpr double assumed = 0.12 * 4000;

std::vector<RunSlope> runs(const std::vector<double>& off, const std::vector<double>& on,
                           double se) {
  std::vector<RunSlope> all;
  for (const double slope : off) all.push_back({slope, se, false});
  for (const double slope : on) all.push_back({slope, se, true});
  return all;
}

std::vector<Series> processes(double seconds, double leak, unsigned seed, int count) {
  synthetic::Recipe recipe;
  recipe.seconds = seconds;
  recipe.leak = leak;
  std::vector<Series> all;
  for (int i = 0; i < count; ++i) {
    recipe.seed = seed + static_cast<unsigned>(i);
    all.push_back(synthetic::make(recipe));
  }
  return all;
}

}  // namespace

TEST_SUITE("a leak's size by all trials") {
  TEST_CASE("is by their own curves what they grow by, whatever short ends seemed to differ by") {
    auto without = processes(20, 0, 1, 1);
    auto with = processes(20, 1000, 11, 1);
    // It fills something up for as long as it is looked at.
    for (Sample& sample : with.front()) sample.at(Metric::anon) += 600 * sample.requests;
    Options options;
    options.metric = Metric::anon;
    const auto ends = Ends::calibrate(without, with, options);
    REQUIRE(ends);
    CHECK((*ends)->delta() > 1400);
    for (Series& run : processes(60, 0, 21, 3)) without.push_back(std::move(run));
    for (Series& run : processes(60, 1000, 31, 3)) with.push_back(std::move(run));
    const auto size = size_of(**ends, without, with);
    REQUIRE(size);
    CHECK(size->slope == doctest::Approx(1000).epsilon(0.1));
    CHECK(std::abs(size->slope - 1000) < 1.96 * size->se);
  }

  TEST_CASE("is the difference of the two sides") {
    const auto size = size_of(runs({0, 4, -4}, {4060, 4050, 4055}, 5), assumed);
    REQUIRE(size);
    CHECK(size->slope == doctest::Approx(4055).epsilon(0.001));
  }

  TEST_CASE("has an interval as wide as repeats lie apart, not as is assumed") {
    const auto near = size_of(runs({0, 4, -4}, {4060, 4050, 4055}, 5), assumed);
    const auto far = size_of(runs({0, 400, -400}, {4600, 3500, 4055}, 5), assumed);
    REQUIRE(near);
    REQUIRE(far);
    CHECK(1.96 * near->se < 0.06 * 4055);
    CHECK(far->se > 4 * near->se);
    CHECK(far->spread > 4 * near->spread);
  }

  TEST_CASE("narrows with every repeat") {
    const auto few = size_of(runs({0}, {4055}, 20), assumed);
    const auto more = size_of(runs({0, 10}, {4055, 4045}, 20), assumed);
    const auto many =
        size_of(runs({0, 10, -10, 5, 3}, {4055, 4045, 4060, 4050, 4040}, 20), assumed);
    REQUIRE(few);
    REQUIRE(more);
    REQUIRE(many);
    CHECK(more->se < few->se);
    CHECK(many->se < more->se);
  }

  TEST_CASE("learns that runs are quieter than they state") {
    const auto size =
        size_of(runs({0, 10, -10, 5, 3, -7}, {4055, 4045, 4060, 4050, 4040, 4052}, 600), assumed);
    REQUIRE(size);
    CHECK(size->noise < 0.7);
  }

  TEST_CASE("believes exact runs rather than noisy ones") {
    std::vector<RunSlope> all = runs({0, 0}, {4000, 4000}, 10);
    all.push_back({7000, 2000, true});
    const auto size = size_of(all, assumed);
    REQUIRE(size);
    CHECK(size->slope == doctest::Approx(4000).epsilon(0.03));
  }

  TEST_CASE("of several causes each is told by all runs that hold it") {
    // 1,500 B from the first on, 4,000 from the second on, 2,000 from the third on.
    std::vector<MixedSlope> mixed;
    for (const double off : {0.0, 60.0, -60.0}) {
      mixed.push_back({0 + off, 20, {0, 0, 0}});
      mixed.push_back({1500 - off, 20, {1, 0, 0}});
      mixed.push_back({5500 + off, 20, {1, 1, 0}});
      mixed.push_back({7500 - off, 20, {1, 1, 1}});
    }
    const std::vector<Size> sizes = sizes_of(mixed, assumed);
    REQUIRE(sizes.size() == 3);
    CHECK(sizes[0].slope == doctest::Approx(1500).epsilon(0.02));
    CHECK(sizes[1].slope == doctest::Approx(4000).epsilon(0.02));
    CHECK(sizes[2].slope == doctest::Approx(2000).epsilon(0.02));
    CHECK(1.96 * sizes[2].se < 0.1 * 2000);
    for (MixedSlope& run : mixed) run.with[2] = run.with[1];  // always together
    CHECK(sizes_of(mixed, assumed).empty());
  }

  TEST_CASE("is not told of one side alone, nor where nothing is assumed") {
    CHECK_FALSE(size_of(runs({}, {4000, 4010}, 5), assumed));
    CHECK_FALSE(size_of(runs({0, 1}, {}, 5), assumed));
    CHECK_FALSE(size_of({}, assumed));
    CHECK_FALSE(size_of(runs({0}, {4000}, 5), 0));
  }
}

}  // namespace leakbisect::stats
