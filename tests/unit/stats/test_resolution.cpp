#include "stats/resolution.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using synthetic::make;
using synthetic::Recipe;

TEST_SUITE("resolution") {
  TEST_CASE("what separates is what the rule then tells apart") {
    Recipe recipe;
    recipe.seconds = 30;
    const Series clean = make(recipe);
    recipe.seed += 1;
    const Series again = make(recipe);
    const auto smallest = smallest_separable(clean, again, {});
    REQUIRE(smallest.has_value());
    CHECK(*smallest > 1);
    CHECK(*smallest < 20000);
    recipe.leak = 2 * *smallest;
    CHECK(separation(clean, make(recipe), {}).separated);
  }
  TEST_CASE("a longer run resolves a smaller leak") {
    Recipe recipe;
    recipe.seconds = 60;
    const Series clean = make(recipe);
    recipe.seed += 1;
    const Series again = make(recipe);
    const auto soon = smallest_separable(first_part(clean, 12), first_part(again, 12), {});
    const auto late = smallest_separable(clean, again, {});
    REQUIRE(late.has_value());
    if (soon) CHECK(*late <= 1.2 * *soon);
  }
  TEST_CASE("noise makes it larger") {
    Recipe recipe;
    recipe.seconds = 40;
    const auto resolved = [&](double noise) {
      Recipe one = recipe;
      one.ar_sd = noise;
      Recipe two = one;
      two.seed += 1;
      return smallest_separable(make(one), make(two), {});
    };
    const auto quiet = resolved(20e3);
    const auto loud = resolved(2e6);
    REQUIRE(quiet.has_value());
    if (loud) CHECK(*loud > 2 * *quiet);
  }
  TEST_CASE("without samples nothing is resolved") {
    CHECK_FALSE(smallest_separable({}, {}, {}).has_value());
  }
  TEST_CASE("the first part of a run ends where it is told to") {
    Recipe recipe;
    recipe.seconds = 20;
    const Series part = first_part(make(recipe), 7);
    REQUIRE_FALSE(part.empty());
    CHECK(part.back().t_s <= 7);
    CHECK(part.back().t_s > 6);
  }
}
