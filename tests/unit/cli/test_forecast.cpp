#include "cli/forecast.hpp"
#include "fakes.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::cli;

namespace {

Forecast foreseen(const test::FakeSource& source) {
  const auto make = [](const strategies::SearchSpace& made, std::uint64_t seed) {
    return strategies::default_strategy(made).make(made, made.prior, seed);
  };
  return forecast(source.space(), make, {1000, 0.05}, 1, 7);
}

}  // namespace

TEST_SUITE("forecast") {
  TEST_CASE("a suspect that the prior points at is found sooner than any other") {
    test::FakeSource source(strategies::Shape::toggles, 36);
    source.suspect(11, 30);
    const Forecast result = foreseen(source);
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
    test::FakeSource source(strategies::Shape::toggles, 36);
    CHECK_FALSE(foreseen(source).suspect);
    test::FakeSource few(strategies::Shape::toggles, 3);
    few.suspect(0, 1);
    CHECK_FALSE(foreseen(few).suspect);
    source.suspect(0, 1);
    const Forecast result = foreseen(source);
    CHECK_FALSE(result.suspect);
    CHECK(result.unfinished == 0);
    CHECK(result.fewest_trials <= result.all.trials);
    CHECK(result.most_trials >= result.all.trials);
  }
}
