#include "fakes.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

constexpr strategies::UnitIndex culprit = 1;

std::optional<double> leaks_late(const Configuration& configuration) {
  return std::ranges::find(configuration.off, culprit) == configuration.off.end() ? 4096.0 : 0.0;
}

struct LateLeak {
  TempFolder folder;
  FakeSource source{Shape::toggles, 3};
  FakeExecutor executor;
  hunt::Interrupt interrupt;

  explicit LateLeak(Truth truth = leaks_late) : executor(source, folder.path, std::move(truth)) {
    executor.curves = true;
    executor.trial_s = 200;
    executor.begins_s = 120;
  }
  Result<report::Model> run(double budget_s) {
    return hunt_with(source, executor, folder.path, "sparse", interrupt, budget_s);
  }
};

}  // namespace

TEST_SUITE("growth that begins late") {
  TEST_CASE("is watched for and searched with trials that are long enough") {
    LateLeak late;
    const auto model = late.run(8 * 3600);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits.front().unit == "unit1");
    CHECK(model->culprits.front().slope == doctest::Approx(4096).epsilon(0.1));
    CHECK(says(model->sentence, "begins after about 120 s"));
    CHECK(model->proof.holds);
    CHECK(late.executor.slot_count == 1);
  }
  TEST_CASE("is searched side by side where the budget has no room for more") {
    LateLeak late;
    late.executor.has_port = true;
    const auto model = late.run(250);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits.front().unit == "unit1");
    CHECK(model->proof.holds);
    CHECK(late.executor.slot_count == 1);
    // All of it was asked at once: two controls that were flat, and eight servers.
    CHECK(late.executor.ran.size() == 10);
    const auto ran = late.executor.ran;
    const auto again = late.run(250);
    REQUIRE(again.has_value());
    CHECK(again->sentence == model->sentence);
    CHECK(late.executor.ran == ran);
  }
  TEST_CASE("nothing leaks is said after all the time there is, with what was excluded") {
    LateLeak late;
    late.executor.begins_s = 1e6;
    const auto model = late.run(8 * 3600);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->result == report::HuntResult::clean);
    CHECK(says(model->sentence, "needs a longer limits.trial"));
    CHECK(std::ranges::any_of(model->trials, [](const auto& one) { return one.seconds > 190; }));
    LateLeak cut;
    cut.executor.begins_s = 1e6;
    const auto short_model = cut.run(100);
    REQUIRE(short_model.has_value());
    CAPTURE(short_model->sentence);
    CHECK(says(short_model->sentence, "raise limits.budget"));
  }
  TEST_CASE("is not waited for where one end grows by less than what counts by itself") {
    // Noise hides it from the first pair of controls.
    LateLeak little([](const Configuration& at) { return leaks_late(at).value() / 100; });
    little.executor.begins_s = 0;
    little.executor.noise_bytes = 500e3;
    const auto model = little.run(8 * 3600);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits.front().unit == "unit1");
    CHECK(model->culprits.front().slope == doctest::Approx(41).epsilon(0.2));
    CHECK(std::ranges::any_of(model->trials, [](const auto& one) { return one.seconds > 55; }));
    for (const auto& one : model->trials) CHECK(one.seconds < 150);
  }
  TEST_CASE("is waited for as long as ever where both ends grow by as little") {
    LateLeak both([](const Configuration&) { return 41.0; });
    both.executor.begins_s = 0;
    both.executor.noise_bytes = 500e3;
    const auto model = both.run(8 * 3600);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->culprits.empty());
    CHECK(std::ranges::any_of(model->trials, [](const auto& one) { return one.seconds > 190; }));
  }
}
