// A hunt that is cut off at any trial, also after it changed its mind, says nothing that its own
// trials speak against.

#include "fakes.hpp"
#include "report/headline.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;
using strategies::UnitIndex;

namespace {

struct Scene {
  const char* name;
  Shape shape;
  std::size_t units;
  const char* strategy;
  std::set<std::string> guilty;
  Truth truth;
  std::function<double(const Configuration&, double requests)> holds = {};
};

Truth sum_of(const std::vector<std::pair<UnitIndex, double>>& parts, UnitIndex broken_from = 1000,
             UnitIndex broken_to = 1000) {
  return [=](const Configuration& at) -> std::optional<double> {
    if (at.shape == Shape::history && at.commit != strategies::no_unit &&
        at.commit >= broken_from && at.commit <= broken_to)
      return std::nullopt;
    double bytes = 0;
    for (const auto& [unit, part] : parts) bytes += is_on(at, unit) ? part : 0;
    return bytes;
  };
}

std::function<double(const Configuration&, double)> fills(UnitIndex unit, double entries,
                                                          double entry_bytes) {
  return [=](const Configuration& at, double requests) {
    return is_on(at, unit) ? entry_bytes * std::min(requests, entries) : 0;
  };
}

std::vector<Scene> scenes() {
  return {
      {"a buffer fills before the leak",
       Shape::history,
       20,
       "bayes",
       {"unit15"},
       sum_of({{15, 80}}),
       fills(4, 40'000, 125)},
      {"a buffer fills after the leak",
       Shape::history,
       20,
       "bayes",
       {"unit6"},
       sum_of({{6, 80}}),
       fills(13, 40'000, 125)},
      {"a buffer and the leak in one",
       Shape::history,
       20,
       "bayes",
       {"unit8"},
       sum_of({{8, 80}}),
       fills(8, 12'000, 125)},
      {"three commits",
       Shape::history,
       40,
       "bayes",
       {"unit9", "unit21", "unit32"},
       sum_of({{9, 1500}, {21, 4000}, {32, 2000}})},
      {"two commits alike",
       Shape::history,
       40,
       "bayes",
       {"unit9", "unit30"},
       sum_of({{9, 2000}, {30, 2000}})},
      {"broken commits before the culprit",
       Shape::history,
       30,
       "bayes",
       {"unit17"},
       sum_of({{17, 2000}}, 14, 16)},
      {"broken commits at the culprit",
       Shape::history,
       30,
       "bayes",
       {"unit14", "unit15", "unit16", "unit17"},
       sum_of({{15, 2000}}, 14, 16)},
      {"a cache beside a component",
       Shape::toggles,
       8,
       "sparse",
       {"unit2"},
       sum_of({{2, 400}}),
       fills(5, 30'000, 300)},
      {"three components",
       Shape::toggles,
       16,
       "sparse",
       {"unit2", "unit7", "unit11"},
       sum_of({{2, 3000}, {7, 800}, {11, 300}})},
      {"only a cache", Shape::toggles, 8, "sparse", {}, sum_of({}), fills(3, 30'000, 300)},
  };
}

struct Cut {
  TempFolder folder;
  FakeSource source;
  FakeExecutor executor;
  Cut(const Scene& scene)
      : source(scene.shape, scene.units), executor(source, folder.path, scene.truth) {
    executor.curves = true;
    executor.trial_s = 300;
    executor.holds = scene.holds;
  }
};

report::Model hunt_until(const Scene& scene, std::size_t stop) {
  Cut cut(scene);
  hunt::Interrupt interrupt;
  cut.executor.on_run = [&](const std::string& id) {
    if (id == "t" + std::to_string(stop)) interrupt.raise();
  };
  auto model = hunt_with(cut.source, cut.executor, cut.folder.path, scene.strategy, interrupt, 1e6);
  REQUIRE(model.has_value());
  return *std::move(model);
}

}  // namespace

TEST_SUITE("cut off") {
  TEST_CASE("nobody is named whom the hunt's own trials clear") {
    for (const Scene& scene : scenes()) {
      CAPTURE(scene.name);
      // The first third has nobody to name.
      const std::size_t all = hunt_until(scene, 0).trials.size();
      for (std::size_t stop = all / 3; stop <= all; stop += 2 * test::stride) {
        CAPTURE(stop);
        const report::Model model = hunt_until(scene, stop);
        const report::Headline headline = report::headline_of(model);
        CAPTURE(headline.badge);
        CAPTURE(report::traits(model.result).name);
        CAPTURE(model.sentence);
        if (headline.badge == "PROVEN") CHECK(model.proof.holds);
        if (!model.may_fill.empty()) CHECK(model.result != report::HuntResult::culprit);
        for (const report::CulpritRow& row : model.culprits) {
          CAPTURE(row.unit);
          CAPTURE(row.probability);
          if (headline.badge == "PROVEN" || headline.badge == "LIKELY")
            CHECK(scene.guilty.contains(row.unit));
        }
      }
    }
  }
}
