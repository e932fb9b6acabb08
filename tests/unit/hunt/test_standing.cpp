// What an answer says of how sure it is: the commit, its class, the credible set.

#include "fakes.hpp"
#include "hunt/proof/claims.hpp"
#include "hunt/proof/standing.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;
using strategies::UnitIndex;

namespace {

using Units = std::vector<UnitIndex>;

// Leaks since `culprit`; `broken` do not build.
Truth history_of(UnitIndex culprit, Units broken) {
  return [=](const Configuration& c) -> std::optional<double> {
    if (std::ranges::find(broken, c.commit) != broken.end()) return std::nullopt;
    return c.commit != strategies::no_unit && c.commit >= culprit ? 4096.0 : 0.0;
  };
}

struct StandingHunt {
  explicit StandingHunt(Truth truth, bool curves = true) : source(Shape::history, 24) {
    executor.emplace(source, folder.path, std::move(truth));
    executor->curves = curves;
  }
  report::Model hunt(const std::string& strategy = "bayes") {
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, *executor, folder.path, strategy, interrupt);
    REQUIRE(model.has_value());
    return *model;
  }
  TempFolder folder;
  FakeSource source;
  std::optional<FakeExecutor> executor;
};

double ranked(const report::Model& model, const std::string& unit) {
  for (const auto& [name, probability] : model.ranking)
    if (name == unit) return probability;
  return 0;
}

}  // namespace

TEST_SUITE("standing") {
  TEST_CASE("a proof of several commits is not one of the first, though its parent stays flat") {
    const FakeSource source(Shape::history, 24);
    strategies::Answer answer;
    answer.kind = strategies::AnswerKind::culprit;
    answer.culprits.emplace_back();
    answer.culprits.front().units = {5};
    const auto claims = [&](Units named) {
      answer.culprits.front().equivalents = std::move(named);
      return hunt::claims_of(source.space(), answer, {}, {}, {});
    };
    const hunt::Claims wide = claims({5, 6, 7});
    CHECK(wide.parent.unit == 4);
    CHECK(wide.parent.is_own);
    CHECK(wide.commit.unit == 7);
    CHECK(!wide.commit.is_own);
    CHECK(claims({5}).commit.is_own);
    CHECK(!claims({4, 5}).parent.is_own);
  }

  TEST_CASE("one commit, as sure as wanted, is all that the answer names") {
    StandingHunt hunted(history_of(13, {}));
    const report::Model model = hunted.hunt();
    REQUIRE(model.culprits.size() == 1);
    const report::CulpritRow& row = model.culprits[0];
    CHECK(row.unit == "unit13");
    CHECK(row.equivalents == std::vector<std::string>{"unit13"});
    CHECK(row.probability >= 0.99);
    CHECK(row.probability == doctest::Approx(ranked(model, "unit13")));
    CHECK(model.confidence >= 0.99);
    CAPTURE(model.sentence);
    CHECK(says(model.sentence, "The leak comes from unit13, 4"));
    CHECK(!says(report::to_text(model), "class"));
    CHECK(!says(report::to_text(model), "credible"));
    CHECK(model.proof.is_own_parent);
    CHECK(model.proof.parent == "unit12");
  }

  TEST_CASE("a broken neighbour is a class with it, and nobody else is") {
    Units broken{12};
    std::vector<std::string> same{"unit12", "unit13"};
    UnitIndex culprit = 13;
    SUBCASE("one before") {}
    SUBCASE("it is the culprit itself") {
      culprit = 12;
    }
    SUBCASE("two before, and one elsewhere") {
      broken = {11, 12, 20};
      same = {"unit11", "unit12", "unit13"};
    }
    StandingHunt hunted(history_of(culprit, broken));
    const report::Model model = hunted.hunt();
    REQUIRE(model.culprits.size() == 1);
    const report::CulpritRow& row = model.culprits[0];
    CHECK(row.unit == "unit13");
    CHECK(row.equivalents == same);
    double sum = 0;
    for (const report::Candidate& one : row.same) {
      CHECK(one.probability == doctest::Approx(ranked(model, one.unit)));
      CHECK((one.unit == "unit13") == one.why_untestable.empty());
      sum += one.probability;
    }
    CHECK(row.class_probability == doctest::Approx(sum));
    CHECK(row.class_probability >= 0.97);
    CHECK(row.probability < 0.6);
    CHECK(model.result == report::HuntResult::culprit);
    CHECK(!model.proof.is_own_parent);
    CHECK(model.proof.parent == (same.size() == 2 ? "unit11" : "unit10"));
    CAPTURE(model.proof.sentence);
    CHECK(says(model.proof.sentence, "the nearest ancestor that can be tested"));
    CAPTURE(model.sentence);
    CHECK(says(model.sentence, same.size() == 2 ? "unit12 or unit13" : "unit11, unit12 or unit13"));
    CHECK(says(model.sentence, "cannot be tested"));
    const auto report = report::to_json(model)["culprits"][0];
    CHECK(report["class"] == nlohmann::json(same));
    CHECK(report["class_probability"].get<double>() >= 0.97);
    CHECK(report["probability"].get<double>() < 0.6);
    CHECK(says(report::to_html(model), "trials cannot tell these apart"));
  }

  TEST_CASE("a class is told apart by its testable commit's change upon the class's parent") {
    StandingHunt hunted(history_of(13, {12}));
    hunted.source.parts = 2;
    hunted.source.is_carried = true;
    bool leaks = true;
    std::optional<double> slope;
    std::vector<std::string> same;
    SUBCASE("it leaks there: it is that commit") {
      slope = 4096.0;
      same = {"unit13"};
    }
    SUBCASE("it does not: it is the broken one") {
      slope = 0.0;
      same = {"unit12"};
      leaks = false;
    }
    SUBCASE("it cannot be tested there: both") {
      same = {"unit12", "unit13"};
    }
    hunted.executor->upon_good = [=](const Configuration&) { return slope; };
    const report::Model model = hunted.hunt();
    REQUIRE(model.culprits.size() == 1);
    const report::CulpritRow& row = model.culprits[0];
    CAPTURE(model.sentence);
    CHECK(model.result == report::HuntResult::culprit);
    CHECK(row.unit == same.back());
    CHECK(row.equivalents == same);
    CHECK(says(row.tried_apart, "the change of unit13 put upon unit11"));
    CHECK(says(row.tried_apart, !slope  ? "cannot be judged"
                                : leaks ? "leaks as well"
                                        : "does not"));
    CHECK(row.probability == doctest::Approx(ranked(model, row.unit)));
    if (slope) CHECK(row.probability >= 0.97);
    CHECK(model.proof.holds);
    CHECK(says(report::to_html(model), "put upon unit11"));
  }

  TEST_CASE("the fewest that are as probable as wanted, the likeliest first") {
    using hunt::fewest;
    CHECK(fewest({0.1, 0.6, 0.29, 0.01}, 0.9) == Units{1, 2, 0});
    CHECK(fewest({0.1, 0.6, 0.29, 0.01}, 0.5) == Units{1});
    CHECK(fewest({0.5, 0.5}, 0.5) == Units{1});
    CHECK(fewest({0, 0.3, 0}, 0.9) == Units{1});
    CHECK(fewest({}, 0.9).empty());
  }

  TEST_CASE("what a proof excludes is no candidate, and it is as sure as a verdict") {
    const FakeSource source(Shape::history, 8);
    hunt::Claims claims;
    claims.commit.unit = 5;
    claims.without_effect.push_back({strategies::at_commit(3), {}});
    const std::vector<bool> left = hunt::left_by(source.space(), claims);
    CHECK(left == std::vector<bool>{false, false, false, false, true, true, false, false});
    // The parent's build might always be wrong: not any more.
    const std::vector<double> sure = hunt::ruled_out({0, 0, 0, 0.004, 0, 0.985, 0.006, 0}, left);
    CHECK(sure[3] == 0);
    CHECK(sure[6] == 0);
    CHECK(sure[5] == doctest::Approx(0.99));
    CHECK(hunt::ruled_out({0, 0, 0, 0.0004, 0, 0.9995, 0, 0}, left)[5] == doctest::Approx(0.9995));
    CHECK(hunt::ruled_out({0.5, 0, 0, 0.5, 0, 0, 0, 0}, left)[0] == 0.5);  // nothing is left
  }

  TEST_CASE("the credible set of a proven commit holds it alone") {
    StandingHunt hunted(history_of(13, {3, 8, 17, 20}));
    const report::Model model = hunted.hunt();
    REQUIRE(model.culprits.size() == 1);
    REQUIRE(model.proof.holds);
    const report::CulpritRow& row = model.culprits.front();
    REQUIRE(row.credible.size() == 1);
    CHECK(row.credible.front().unit == "unit13");
    CHECK(row.credible_probability >= 0.99);
    CHECK(ranked(model, "unit12") == 0);
  }

  TEST_CASE("an interrupted hunt says first what is left") {
    StandingHunt hunted(history_of(13, {}));
    hunt::Interrupt interrupt;
    hunted.executor->on_run = [&](const std::string& id) {
      if (id == "t5") interrupt.raise();
    };
    const auto model =
        hunt_with(hunted.source, *hunted.executor, hunted.folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    REQUIRE(model->left.has_value());
    CAPTURE(model->sentence);
    CHECK(says(model->sentence, "Between unit11 (clean, t3) and unit17 (leaking, t4), 6 commits"));
    CHECK(says(model->sentence, "interrupted"));
    CHECK(model->left->units == 6);
    const auto left = report::to_json(*model)["left"];
    CHECK(left["clean"]["unit"] == "unit11");
    CHECK(left["leaking"]["trial"] == "t4");
    CHECK(says(report::to_html(*model), "<h1>Between unit11"));
  }

  TEST_CASE("components: how many suspects of how many are left") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 24);
    FakeExecutor executor(source, folder.path, [](const Configuration& c) {
      return std::ranges::binary_search(c.off, 7U) ? 0.0 : 4096.0;
    });
    hunt::Interrupt interrupt;
    executor.on_run = [&](const std::string& id) {
      if (id == "t5") interrupt.raise();
    };
    const auto model = hunt_with(source, executor, folder.path, "split", interrupt);
    REQUIRE(model.has_value());
    REQUIRE(model->left.has_value());
    CAPTURE(model->sentence);
    CHECK(says(model->sentence, " of 24 components are still suspects"));
    CHECK(model->left->units < 24);
  }
}
