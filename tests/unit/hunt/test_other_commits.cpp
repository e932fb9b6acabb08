// Several commits leak: each is found in the stretch where its part came in, and proven.

#include "fakes.hpp"
#include "hunt/beyond/other_commits.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

struct Part {
  strategies::UnitIndex commit;
  double bytes;
};

// Every commit from each part's on leaks that much more.
Truth leaks(const std::vector<Part>& parts) {
  return [parts](const Configuration& c) -> std::optional<double> {
    double bytes = 0;
    if (c.shape == Shape::history && c.commit != strategies::no_unit)
      for (const Part& part : parts)
        if (part.commit <= c.commit) bytes += part.bytes;
    return bytes;
  };
}

struct LeakingHistory {
  explicit LeakingHistory(const std::vector<Part>& parts, std::size_t commits = 40)
      : source(Shape::history, commits), executor(source, folder.path, leaks(parts)) {
    executor.curves = true;
  }
  Result<report::Model> hunt(double budget_s = 6000) {
    hunt::Interrupt interrupt;
    return hunt_with(source, executor, folder.path, "bayes", interrupt, budget_s);
  }
  TempFolder folder;
  FakeSource source;
  FakeExecutor executor;
};

std::vector<std::string> culprits_of(const report::Model& model) {
  std::vector<std::string> names;
  for (const report::CulpritRow& row : model.culprits) names.push_back(row.unit);
  return names;
}

}  // namespace

TEST_SUITE("several leaking commits") {
  TEST_CASE("all of three are named with their parts, largest first, and proven") {
    LeakingHistory history({{9, 1500}, {21, 4000}, {32, 2000}});
    const auto model = history.hunt();
    REQUIRE(model.has_value());
    CAPTURE(model->sentence);
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE(culprits_of(*model) == std::vector<std::string>{"unit21", "unit32", "unit9"});
    CHECK(model->culprits[0].slope == doctest::Approx(4000).epsilon(0.1));
    CHECK(model->culprits[1].slope == doctest::Approx(2000).epsilon(0.1));
    CHECK(model->culprits[2].slope == doctest::Approx(1500).epsilon(0.1));
    CHECK(model->proof.holds);
    CHECK(model->proof.leaking_trials.size() >= 3);
    CHECK(model->proof.clean_trials.size() >= 3);
    CHECK(model->advice.empty());
    CHECK(model->sentence.find("; ") != std::string::npos);
  }

  TEST_CASE("one leaking commit is the whole leak, and nothing else is searched") {
    LeakingHistory history({{21, 4000}});
    const auto model = history.hunt();
    REQUIRE(model.has_value());
    CHECK(culprits_of(*model) == std::vector<std::string>{"unit21"});
    CHECK(model->culprits[0].share == 1);
    CHECK(model->trials.size() <= 12);
  }

  TEST_CASE("a hunt of several goes on from any trial, and ends the same") {
    const std::vector<Part> parts{{9, 2000}, {30, 2000}};
    LeakingHistory whole(parts);
    const auto all = whole.hunt();
    REQUIRE(all.has_value());
    REQUIRE(culprits_of(*all).size() == 2);
    for (std::size_t stop = 1; stop < all->trials.size(); stop += 3 * test::stride) {
      CAPTURE(stop);
      LeakingHistory cut(parts);
      hunt::Interrupt interrupt;
      cut.executor.on_run = [&](const std::string& id) {
        if (id == "t" + std::to_string(stop)) interrupt.raise();
      };
      const auto first =
          hunt_with(cut.source, cut.executor, cut.folder.path, "bayes", interrupt, 6000);
      REQUIRE(first.has_value());
      CHECK(first->result == report::HuntResult::interrupted);
      CHECK(!first->advice.empty());
      cut.executor.on_run = nullptr;
      cut.executor.ran.clear();
      const auto second = cut.hunt();
      REQUIRE(second.has_value());
      CHECK(second->sentence == all->sentence);
      CHECK(cut.executor.ran.size() == all->trials.size() - (stop - 1));
    }
  }

  TEST_CASE("what is left of a stretch is older, newer or nothing") {
    FakeSource source(Shape::history, 10);
    hunt::Controls controls;
    controls.leak_slope = 1000;
    strategies::Answer answer;
    answer.kind = strategies::AnswerKind::culprit;
    answer.culprits = {{{5}, 1, {5}}};
    const auto whole = hunt::whole_stretch(source.space());
    CHECK(hunt::rest_of(source.space(), whole, answer, {}, {}, controls).empty());
    const auto rest = hunt::rest_of(source.space(), whole, answer, {0.2, 0.7}, {}, controls);
    REQUIRE(rest.size() == 2);
    CHECK(rest[0].good == strategies::good_end(source.space()));
    CHECK(rest[0].bad == strategies::at_commit(4));
    CHECK(rest[0].step.to == 0.2);
    CHECK(rest[1].good == strategies::at_commit(5));
    CHECK(rest[1].bad == strategies::bad_end(source.space()));
    CHECK(rest[1].step.from == 0.7);
  }
}
