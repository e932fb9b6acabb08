#include "fakes.hpp"
#include "hunt/beyond/followed.hpp"
#include "report/headline.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <utility>

using namespace leakbisect;
using strategies::Configuration;
using strategies::Shape;
using strategies::UnitIndex;
using test::FakeExecutor;
using test::FakeSource;
using test::hunt_with;
using test::TempFolder;

namespace {

// 500 requests a second: as a buffer of so many entries, one a request, holds.
double held(double requests, double entries, double entry_bytes) {
  return entry_bytes * std::min(requests, entries);
}

struct History {
  UnitIndex leak, filling;
  double entries = 12'000;  // 24 s
};

report::Model hunt_in(const History& history) {
  const TempFolder folder;
  FakeSource source(Shape::history, 20);
  FakeExecutor executor(source, folder.path, [&](const Configuration& at) -> std::optional<double> {
    return test::is_on(at, history.leak) ? 80 : 0;
  });
  executor.curves = true;
  executor.trial_s = 300;
  executor.holds = [&](const Configuration& at, double requests) {
    return test::is_on(at, history.filling) ? held(requests, history.entries, 125) : 0;
  };
  hunt::Interrupt interrupt;
  auto model = hunt_with(source, executor, folder.path, "bayes", interrupt, 1e6);
  REQUIRE(model.has_value());
  return *std::move(model);
}

struct Components {
  std::size_t count;
  std::pair<UnitIndex, double> leak;  // which, and bytes a request
  double trial_s;
};

// `holds`: what caches among them hold after so many requests.
report::Model hunt_among(const Components& components,
                         std::function<double(const Configuration&, double)> holds) {
  const TempFolder folder;
  FakeSource source(Shape::toggles, components.count);
  FakeExecutor executor(source, folder.path, [&](const Configuration& at) -> std::optional<double> {
    return test::is_on(at, components.leak.first) ? components.leak.second : 0;
  });
  executor.curves = true;
  executor.trial_s = components.trial_s;
  executor.holds = std::move(holds);
  hunt::Interrupt interrupt;
  auto model = hunt_with(source, executor, folder.path, "sparse", interrupt, 1e6);
  REQUIRE(model.has_value());
  return *std::move(model);
}

}  // namespace

TEST_SUITE("fillings") {
  TEST_CASE("where a buffer begins to fill is told, and the leak's commit is the culprit") {
    for (const History history : {History{15, 4}, History{8, 8}, History{6, 13},
                                  // Full after the ends have been told apart and left.
                                  History{15, 4, 40'000}, History{6, 13, 40'000},
                                  // Full before anything is weighed.
                                  History{15, 4, 2'000}, History{6, 13, 2'000}}) {
      if (test::is_sanitized && history.leak != 8) continue;
      CAPTURE(history.leak);
      CAPTURE(history.filling);
      const report::Model model = hunt_in(history);
      CAPTURE(model.sentence);
      REQUIRE(model.result == report::HuntResult::culprit);
      REQUIRE(model.culprits.size() == 1);
      CHECK(model.culprits[0].unit == "unit" + std::to_string(history.leak));
      CHECK(model.culprits[0].slope == doctest::Approx(80).epsilon(0.1));
      REQUIRE(model.fillings.size() == 1);
      CHECK(model.fillings[0].unit == "unit" + std::to_string(history.filling));
      CHECK(model.fillings[0].bytes == doctest::Approx(125 * history.entries).epsilon(0.2));
    }
  }
  TEST_CASE("a cache beside a leak is no culprit") {
    const report::Model model =
        hunt_among({8, {2, 400}, 300}, [](const Configuration& at, double requests) {
          return test::is_on(at, 5) ? held(requests, 30'000, 300) : 0;
        });
    CAPTURE(model.sentence);
    REQUIRE(model.result == report::HuntResult::culprit);
    REQUIRE(model.culprits.size() == 1);
    CHECK(model.culprits[0].unit == "unit2");
    REQUIRE(model.fillings.size() == 1);
    CHECK(model.fillings[0].unit == "unit5");
    CHECK(model.none_probability < 0.1);
  }
  TEST_CASE("a small cache that is full long after a large one is no culprit") {
    const report::Model model =
        hunt_among({12, {1, 561}, 600}, [](const Configuration& at, double requests) {
          return (test::is_on(at, 2) ? held(requests, 3'278, 228) : 0) +
                 (test::is_on(at, 11) ? held(requests, 42'341, 112) : 0) +
                 (test::is_on(at, 5) ? held(requests, 5'573, 1834) : 0);
        });
    CAPTURE(model.sentence);
    REQUIRE(model.result == report::HuntResult::culprit);
    REQUIRE(model.culprits.size() == 1);
    CHECK(model.culprits[0].unit == "unit1");
    CHECK(model.culprits[0].slope == doctest::Approx(561).epsilon(0.1));
  }
  TEST_CASE("where only a cache fills up, nothing leaks") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 8);
    FakeExecutor executor(source, folder.path,
                          [](const Configuration&) -> std::optional<double> { return 0; });
    executor.curves = true;
    executor.trial_s = 300;
    executor.holds = [](const Configuration& at, double requests) {
      return at.off.empty() ? held(requests, 2'500, 300) : 0;
    };
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "sparse", interrupt, 1e6);
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->culprits.empty());
    CHECK(model->result != report::HuntResult::culprit);
  }
  TEST_CASE("growth that a common buffer explains is no proof, where it cannot be watched on") {
    for (const double longest_s : {40.0, 300.0}) {
      const TempFolder folder;
      FakeSource source(Shape::toggles, 8);
      FakeExecutor executor(source, folder.path,
                            [](const Configuration& at) -> std::optional<double> {
                              return test::is_on(at, 2) ? 700 : 0;
                            });
      executor.curves = true;
      executor.pace = 20;
      executor.trial_s = longest_s;
      hunt::Interrupt interrupt;
      const auto model = hunt_with(source, executor, folder.path, "sparse", interrupt, 1e6);
      REQUIRE(model.has_value());
      CAPTURE(model->sentence);
      REQUIRE(model->culprits.size() == 1);
      const report::CulpritRow& row = model->culprits.front();
      CHECK(row.unit == "unit2");
      REQUIRE(row.followed.requests > 0);
      CHECK(row.followed.grown == doctest::Approx(700 * row.followed.requests).epsilon(0.1));
      CHECK(report::to_text(*model).find("  followed ") != std::string::npos);
      const bool is_short = longest_s < 100;
      CHECK((row.followed.requests < 1000) == is_short);
      CHECK(model->may_fill.empty() == !is_short);
      CHECK(report::headline_of(*model).badge == (is_short ? "NOT PROVEN" : "PROVEN"));
      CHECK(model->result ==
            (is_short ? report::HuntResult::undecided : report::HuntResult::culprit));
    }
  }
  TEST_CASE("what no cache takes is no buffer, in however few requests") {
    const auto seen = [](double requests, double mib) {
      return stats::Followed{requests, mib * 1024 * 1024};
    };
    CHECK(hunt::may_be_buffer(seen(781, 20), Measure::bytes, true));
    CHECK(!hunt::may_be_buffer(seen(781, 20), Measure::bytes, false));
    CHECK(!hunt::may_be_buffer(seen(781, 278), Measure::bytes, true));
  }
  TEST_CASE("a hunt that met a filling goes on where it was cut off") {
    const TempFolder folder;
    FakeSource source(Shape::history, 20);
    FakeExecutor executor(source, folder.path,
                          [](const Configuration& at) -> std::optional<double> {
                            return test::is_on(at, 15) ? 80 : 0;
                          });
    executor.curves = true;
    executor.trial_s = 300;
    executor.holds = [](const Configuration& at, double requests) {
      return test::is_on(at, 4) ? held(requests, 40'000, 125) : 0;
    };
    for (const char* last : {"t7", "t12", "t15", ""}) {
      hunt::Interrupt interrupt;
      executor.on_run = [&](const std::string& id) {
        if (id == last) interrupt.raise();
      };
      const auto model = hunt_with(source, executor, folder.path, "bayes", interrupt, 1e6);
      REQUIRE(model.has_value());
      CAPTURE(last);
      CAPTURE(model->sentence);
      // Where trials that see what lasts were flat upon it, the filling is accused no more.
      if (std::string_view(last) == "t15")
        for (const auto& row : model->culprits) CHECK(row.unit == "unit15");
      if (*last != '\0') continue;
      REQUIRE(model->culprits.size() == 1);
      CHECK(model->culprits[0].unit == "unit15");
    }
    const std::set<std::string> once(executor.ran.begin(), executor.ran.end());
    CHECK(executor.ran.size() <= once.size() + 3);  // but for those that were cut off
  }
}
