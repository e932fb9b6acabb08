#include "stats/lasting.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using leakbisect::Measure;
using synthetic::make;
using synthetic::Recipe;

namespace {

constexpr double warmup_s = 5;

Reading reading() {
  return {Metric::anon, Sift::bin_minimum, 1, false};
}

Recipe cache(double bytes, double fills_s, double leak, double seconds) {
  Recipe recipe;
  recipe.cache = bytes;
  recipe.cache_s = fills_s;
  recipe.leak = leak;
  recipe.seconds = seconds;
  return recipe;
}

}  // namespace

TEST_SUITE("lasting") {
  TEST_CASE("a cache that is full bends the curve where it is full") {
    const auto bend = bend_of(make(cache(0.5e6, 20, 0, 40)), reading(), warmup_s);
    REQUIRE(bend);
    CHECK(bend->age_s == doctest::Approx(20).epsilon(0.1));
    CHECK(bend->filled == doctest::Approx(0.5e6).epsilon(0.15));
    CHECK(bend->before.slope == doctest::Approx(125).epsilon(0.1));
    CHECK(std::abs(bend->after.slope) < 10);
    CHECK(has_filled(*bend, 125, 0, 0.5));
  }
  TEST_CASE("beside a cache that fills, the leak is what goes on after it") {
    const auto bend = bend_of(make(cache(0.5e6, 20, 80, 60)), reading(), warmup_s);
    REQUIRE(bend);
    CHECK(bend->after.slope == doctest::Approx(80).epsilon(0.1));
    CHECK(has_filled(*bend, 205, 0, 0.5));
  }
  TEST_CASE("a small cache does not take a large leak away") {
    const auto bend = bend_of(make(cache(0.5e6, 20, 1000, 60)), reading(), warmup_s);
    if (bend) CHECK_FALSE(has_filled(*bend, 1125, 0, 0.5));
  }
  TEST_CASE("what goes on is measured over what the clean end grows by") {
    // The clean end grows by 300 a request; a cache of 125 fills above it.
    const auto bend = bend_of(make(cache(0.5e6, 20, 300, 60)), reading(), warmup_s);
    REQUIRE(bend);
    CHECK_FALSE(has_filled(*bend, 125, 0, 0.5));
    CHECK(has_filled(*bend, 125, 300, 0.5));
  }
  TEST_CASE("a leak has no bend, whatever the noise and the warm-up beside it") {
    int bent = 0;
    for (unsigned seed = 1; seed <= 100; ++seed) {
      Recipe recipe;
      recipe.seed = seed;
      recipe.leak = 300;
      recipe.warmup = seed % 2 == 0 ? 2e6 : 0;
      recipe.steps_sd = seed % 3 == 0 ? 20e3 : 0;
      recipe.seconds = 60;
      const auto bend = bend_of(make(recipe), reading(), warmup_s);
      bent += bend && has_filled(*bend, 300, 0, 0.7);
    }
    CHECK(bent == 0);
  }
  TEST_CASE("nothing is said before enough was seen of what comes after") {
    CHECK_FALSE(bend_of(make(cache(0.5e6, 20, 0, 22)), reading(), warmup_s));
    CHECK_FALSE(bend_of(make(cache(0.5e6, 20, 0, 18)), reading(), warmup_s));
    CHECK_FALSE(bend_of({}, reading(), warmup_s));
  }
  TEST_CASE("growth is beyond caches by its size or by its requests") {
    CHECK_FALSE(is_beyond_caches({50'000, 1e6}, Measure::bytes));
    CHECK(is_beyond_caches({62'500, 1e6}, Measure::bytes));
    CHECK(is_beyond_caches({100, 135e6}, Measure::bytes));
    CHECK(is_beyond_caches({1000, 200}, Measure::descriptors));
    CHECK_FALSE(is_beyond_caches({1000, 100}, Measure::threads));
    const auto growth = follow(make(cache(0, 1, 1000, 60)), reading(), warmup_s);
    CHECK(growth.requests == doctest::Approx(12'000).epsilon(0.05));
    CHECK(growth.grown == doctest::Approx(11e6).epsilon(0.1));
  }
}
