// Hunts among toggles of which one is soon sure while the rest of the leak is nobody's.

#include "base/quantity.hpp"
#include "fakes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

constexpr strategies::UnitIndex leaky = 5;
constexpr std::size_t units = 16;

// The fifth leaks 3,000 bytes a request; beside it something grows by 300 to 1,500 with each
// configuration of the others, as caches do that fill sooner or later.
double truth(const Configuration& configuration) {
  const bool is_on = !std::ranges::binary_search(configuration.off, leaky);
  if (configuration.off.size() == units) return 0;
  std::size_t hash = 17;
  for (const strategies::UnitIndex unit : configuration.off)
    if (unit != leaky) hash = hash * 1099511628211u + unit;
  return (is_on ? 3000.0 : 0.0) + 300 + static_cast<double>(hash / 1024 % 1200);
}

struct Hunted {
  TempFolder folder;
  FakeSource source{Shape::toggles, units};
  FakeExecutor executor{source, folder.path, truth};
  hunt::Interrupt interrupt;

  Hunted() { executor.curves = true; }
  report::Model run() {
    auto model = hunt_with(source, executor, folder.path, "sparse", interrupt, 6000);
    REQUIRE(model.has_value());
    return std::move(*model);
  }
};

}  // namespace

TEST_SUITE("sure part") {
  TEST_CASE("what is sure is proven before the rest is searched, and the rest is named") {
    Hunted hunted;
    const report::Model model = hunted.run();
    CAPTURE(model.sentence);
    CHECK(model.result == report::HuntResult::culprit);
    REQUIRE(model.culprits.size() == 1);
    CHECK(model.culprits[0].unit == "unit5");
    CHECK(model.culprits[0].share < 1);
    CHECK(model.culprits[0].slope == doctest::Approx(3000).epsilon(0.4));
    CHECK(model.proof.holds);
    REQUIRE(model.advice.size() == 1);
    CHECK(model.advice[0].find("of the leak, ") != std::string::npos);
    double longest_s = 0;  // of the trials that had nothing else off
    for (const trial::Record& record : model.trials)
      if (record.off == std::vector<std::string>{"unit5"})
        longest_s = std::max(longest_s, record.decision.decided_at_s);
    CHECK(model.advice[0].find("was still seen without unit5 within " +
                               format_duration(longest_s)) != std::string::npos);
    // The search went on after the proof, for no longer than it had taken.
    CHECK(model.trials.size() > 10);
    CHECK(model.trials.size() < 40);
  }

  TEST_CASE("interrupted while the rest is searched, the proven part stands") {
    Hunted hunted;
    hunted.executor.on_run = [&](const std::string& id) {
      if (id == "t21") hunted.interrupt.raise();
    };
    const report::Model model = hunted.run();
    CHECK(model.result == report::HuntResult::interrupted);
    REQUIRE(model.culprits.size() == 1);
    CHECK(model.culprits[0].unit == "unit5");
    CHECK(model.proof.holds);
    CHECK(model.sentence.find("unit5") != std::string::npos);
  }

  TEST_CASE("gone on with, it asks for the same trials") {
    Hunted hunted;
    const report::Model whole = hunted.run();
    const std::size_t ran = hunted.executor.ran.size();
    const report::Model again = hunted.run();
    CHECK(hunted.executor.ran.size() == ran);
    CHECK(again.sentence == whole.sentence);
    CHECK(again.trials.size() == whole.trials.size());
  }
}
