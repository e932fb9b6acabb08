#include "hunt/forecast.hpp"
#include "strategies/strategy.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::hunt;

namespace {

strategies::SearchSpace components(std::size_t count) {
  strategies::SearchSpace space;
  space.shape = strategies::Shape::toggles;
  for (std::size_t i = 0; i < count; ++i) space.names.push_back("c" + std::to_string(i));
  return space;
}

Forecast foreseen(const strategies::SearchSpace& space) {
  const auto make = [](const strategies::SearchSpace& made, std::uint64_t seed) {
    return strategies::default_strategy(made).make(made, seed);
  };
  return forecast(space, make, {1000, 0.05}, 1, 7);
}

}  // namespace

TEST_SUITE("forecast") {
  TEST_CASE("a suspect that the prior points at is found sooner than any other") {
    auto space = components(36);
    space.prior.assign(36, 1);
    space.prior[11] = 30;
    const Forecast result = foreseen(space);
    REQUIRE(result.suspect);
    CHECK(result.suspect->unit == 11);
    CHECK(result.suspect->share == doctest::Approx(30.0 / 65));
    CHECK(result.suspect->guilty.hunts + result.suspect->innocent.hunts == result.all.hunts);
    REQUIRE(result.suspect->guilty.hunts > 0);
    REQUIRE(result.suspect->innocent.hunts > 0);
    CHECK(result.suspect->guilty.trials < result.all.trials);
    CHECK(result.suspect->innocent.trials > result.all.trials);
  }
  TEST_CASE("without a prior, or with an even one, nobody is suspected") {
    auto space = components(36);
    CHECK_FALSE(foreseen(space).suspect);
    space.prior.assign(36, 1);
    const Forecast result = foreseen(space);
    CHECK_FALSE(result.suspect);
    CHECK(result.unfinished == 0);
    CHECK(result.fewest_trials <= result.all.trials);
    CHECK(result.most_trials >= result.all.trials);
  }
}
