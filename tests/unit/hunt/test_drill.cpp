// Inside the commit: the search goes on among its parts, and ends as what it is.

#include "fakes.hpp"
#include "hunt/beyond/drill_words.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

// Leaks since commit 6 of 12; inside it, as `inside` says.
Truth leaks(std::function<std::optional<bool>(const Configuration&)> inside) {
  return [inside](const Configuration& c) -> std::optional<double> {
    if (c.shape == Shape::history)
      return c.commit != strategies::no_unit && c.commit >= 6 ? 4096.0 : 0.0;
    const auto leaking = inside(c);
    if (!leaking) return std::nullopt;
    return *leaking ? 4096.0 : 0.0;
  };
}

struct Commit {
  explicit Commit(Truth truth, std::size_t parts = 5) : source(Shape::history, 12) {
    source.parts = parts;
    executor.emplace(source, folder.path, std::move(truth));
  }
  Result<report::Model> hunt() {
    hunt::Interrupt interrupt;
    return hunt_with(source, *executor, folder.path, "bisect", interrupt, 600, factor);
  }
  TempFolder folder;
  FakeSource source;
  std::optional<FakeExecutor> executor;
  double factor = 1;  ///< what the drill may cost
};

}  // namespace

TEST_SUITE("drill") {
  TEST_CASE("the hunk is named and proven") {
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 3); }));
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    CHECK(model->culprits[0].unit == "unit6");
    REQUIRE(model->drills.size() == 1);
    CHECK(model->drills[0].result == report::DrillResult::hunk);
    CHECK(model->drills[0].units == 5);
    REQUIRE(model->drills[0].culprits.size() == 1);
    CHECK(model->drills[0].culprits[0].unit == "unit3");
    CHECK(model->drills[0].proof.holds);
    CHECK(model->drills[0].confidence >= 0.98);
    double together = 0;
    for (const auto& [unit, probability] : model->drills[0].ranking) together += probability;
    CHECK(together <= 1 + 1e-9);
    REQUIRE(!model->drills[0].ranking.empty());
    CHECK(model->drills[0].ranking[0].first == "unit3");
    CHECK(model->drills[0].ranking[0].second == model->drills[0].culprits[0].probability);
    CHECK(report::to_html(*model).find("Inside the commit") != std::string::npos);
    CHECK(report::to_text(*model).find("unit3") != std::string::npos);
    CHECK(report::to_json(*model)["drill"]["culprits"][0]["unit"] == "unit3");
  }

  TEST_CASE("a hunk that does not build without another is still named") {
    // 3 leaks, and needs 1 to be built.
    Commit commit(leaks([](const Configuration& c) -> std::optional<bool> {
      if (is_on(c, 3) && !is_on(c, 1)) return std::nullopt;
      return is_on(c, 3);
    }));
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    CAPTURE(model->drills[0].sentence);
    CHECK(model->drills[0].result == report::DrillResult::hunk);
    REQUIRE(model->drills[0].culprits.size() == 1);
    const auto& row = model->drills[0].culprits[0];
    const bool named =
        row.unit == "unit3" || std::ranges::find(row.together, "unit3") != row.together.end();
    CHECK(named);
    CHECK(model->drills[0].proof.holds);
  }

  TEST_CASE("hunks that do not build apart are told by builds, and tried together") {
    // 20 leaks, and is built only with 33 and 41; no name tells that.
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 20); }), 60);
    commit.factor = 2;
    commit.executor->builds = [](const Configuration& c) {
      return !is_on(c, 20) || (is_on(c, 33) && is_on(c, 41));
    };
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    const report::Drill& drill = model->drills[0];
    CAPTURE(drill.sentence);
    CHECK(drill.result == report::DrillResult::hunk);
    REQUIRE(drill.culprits.size() == 1);
    CHECK(drill.culprits[0].unit == "unit20");
    CHECK(drill.culprits[0].equivalents.empty());
    CHECK(drill.shown == "both");
    int built_only = 0;
    for (const auto& record : model->trials) built_only += record.build_only ? 1 : 0;
    CHECK(built_only > 0);
    CHECK(built_only <= 32);
  }

  TEST_CASE("where the hunk alone does not build, the commit without it is proof enough") {
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 3); }));
    commit.executor->builds = [](const Configuration& c) {
      return !is_on(c, 3) || is_on(c, 0) || is_on(c, 1);
    };
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    CAPTURE(model->drills[0].proof.sentence);
    CHECK(model->drills[0].culprits[0].unit == "unit3");
    CHECK(model->drills[0].shown == "off");
    CHECK(model->drills[0].proof.holds);
  }

  TEST_CASE("a choice of hunks that answers nothing is not asked again") {
    // 3 leaks, and answers only with 1.
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 3); }));
    std::vector<Configuration> mute;
    commit.executor->on_end = [&](trial::Record& record) {
      const Configuration& c = record.configuration;
      if (record.purpose != trial::Purpose::drill || !is_on(c, 3) || is_on(c, 1)) return;
      record.kind = strategies::OutcomeKind::error;
      record.reason = "the load did not land: none of 1197 requests was answered";
      record.counts.planned = record.counts.sent = record.counts.failed = 1197;
      mute.push_back(c);
    };
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE_FALSE(mute.empty());
    for (const Configuration& c : mute) CHECK(std::ranges::count(mute, c) == 1);
  }

  TEST_CASE("a trial that was lost is run again before another one is") {
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 3); }));
    std::set<std::string> lost;
    commit.executor->loses = [&](const trial::Plan& plan) {
      const bool is_first = lost.empty() && plan.purpose == trial::Purpose::drill;
      if (is_first) lost.insert(plan.id);
      return is_first;
    };
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(lost.size() == 1);
    for (std::size_t i = 0; i + 1 < model->trials.size(); ++i) {
      if (!lost.contains(model->trials[i].id)) continue;
      REQUIRE(model->trials[i].purpose == trial::Purpose::drill);
      CHECK(model->trials[i + 1].configuration == model->trials[i].configuration);
    }
    CHECK(model->drills[0].culprits[0].unit == "unit3");
  }

  TEST_CASE("a look of the proof that told nothing, with no time for another, is not against it") {
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 3); }));
    commit.executor->on_end = [](trial::Record& record) {
      if (record.why != "proof: the hunk alone") return;
      record.decision.verdict = stats::Verdict::undecided;
      record.decision.llr = 0;
      record.seconds = 100;
    };
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    const report::Drill& drill = model->drills[0];
    CAPTURE(drill.sentence);
    CHECK(drill.result == report::DrillResult::hunk);
    CHECK(drill.shown == "off");
    CHECK(drill.proof.sentence.find("that was not told (t") != std::string::npos);
    REQUIRE(drill.culprits.size() == 1);
    CHECK(drill.culprits[0].unit == "unit3");
  }

  TEST_CASE("a drill costs no more than the search did, and ends with the best there is") {
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 400); }), 900);
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    const report::Drill& drill = model->drills[0];
    double drilled = 0;
    double others = 0;
    for (const auto& record : model->trials)
      (record.purpose == trial::Purpose::drill ? drilled : others) += record.seconds;
    CAPTURE(drill.sentence);
    CHECK(drilled <= others);
    CHECK(drill.result == report::DrillResult::share);
    CHECK(drill.culprits.empty());
    CHECK(!drill.suspects.empty());
    CHECK(drill.sentence.find("has cost what it may") != std::string::npos);
    CHECK(report::to_json(*model)["drill"]["suspects"].size() == drill.suspects.size());
  }

  TEST_CASE("what no server contains is set aside, and searched only when it leaks after all") {
    strategies::UnitIndex leaking = 3;
    SUBCASE("it does not") {}
    SUBCASE("it does") {
      leaking = 1;
    }
    Commit commit(leaks([leaking](const Configuration& c) { return is_on(c, leaking); }), 6);
    commit.factor = 2;
    commit.source.told = {{"README.md", "documentation"},
                          {"test/a.c", "a test"},
                          {"b.c", ""},
                          {"c.c", ""},
                          {"d.c", ""},
                          {"e.c", ""}};
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    const report::Drill& drill = model->drills[0];
    CAPTURE(drill.sentence);
    REQUIRE(drill.culprits.size() == 1);
    CHECK(drill.culprits[0].unit == "unit" + std::to_string(leaking));
    CHECK(drill.set_aside.size() == 2);
    CHECK(report::to_text(*model).find("unit1 (a test)") != std::string::npos);
    CHECK(report::to_html(*model).find("unit1 (a test)") != std::string::npos);
  }

  TEST_CASE("hunks that leak only together are named together, and those that leak alone each") {
    SUBCASE("together") {
      Commit commit(leaks([](const Configuration& c) { return is_on(c, 1) && is_on(c, 4); }), 6);
      commit.factor = 2;
      const auto model = commit.hunt();
      REQUIRE(model.has_value());
      REQUIRE(model->drills[0].culprits.size() == 1);
      CHECK(model->drills[0].culprits[0].together == std::vector<std::string>{"unit1", "unit4"});
    }
    SUBCASE("each") {
      Commit commit(leaks([](const Configuration& c) { return is_on(c, 1) || is_on(c, 4); }), 6);
      commit.factor = 2;
      const auto model = commit.hunt();
      REQUIRE(model.has_value());
      CHECK(model->drills[0].culprits.size() == 2);
    }
  }

  TEST_CASE("without which hunk the commit is flat is said, though others take part") {
    Commit commit(leaks([](const Configuration& c) {
                    return is_on(c, 1) && is_on(c, 4) && is_on(c, 7) && is_on(c, 10);
                  }),
                  12);
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    const report::Drill& drill = model->drills[0];
    CAPTURE(drill.sentence);
    CHECK(drill.culprits.empty());
    CHECK(drill.shown == "off");
    CHECK(std::ranges::find(drill.suspects, "unit10") != drill.suspects.end());
    CHECK(drill.sentence.find("the leak needs unit10") != std::string::npos);
    CHECK(report::to_text(*model).find("the leak needs unit10") != std::string::npos);
    CHECK(report::to_html(*model).find("the leak needs unit10") != std::string::npos);
  }

  TEST_CASE("interrupted in a drill, it says what is likeliest so far") {
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 3); }), 6);
    hunt::Interrupt interrupt;
    int drilled = 0;
    commit.executor->loses = [&](const trial::Plan& plan) {
      if (plan.purpose == trial::Purpose::drill && ++drilled == 3) interrupt.raise();
      return false;
    };
    const auto cut =
        hunt_with(commit.source, *commit.executor, commit.folder.path, "bisect", interrupt);
    REQUIRE(cut.has_value());
    REQUIRE(cut->drills.size() == 1);
    const report::Drill& drill = cut->drills[0];
    CAPTURE(drill.sentence);
    CHECK(drill.result == report::DrillResult::interrupted);
    CHECK(std::ranges::find(drill.suspects, "unit3") != drill.suspects.end());
    CHECK(report::to_text(*cut).find("unit3") != std::string::npos);
    CHECK(report::to_html(*cut).find("unit3") != std::string::npos);
  }

  TEST_CASE("where all hunks that are ranked are as likely, no one is pointed at") {
    const FakeSource source(Shape::toggles, 45);
    report::Drill drill;
    hunt::RungBeliefs beliefs;
    for (strategies::UnitIndex unit = 0; unit < 10; ++unit)
      beliefs.emplace_back(hunt::HunkSet{unit}, 0.03);
    hunt::name_suspects(drill, source, report::DrillResult::share, beliefs);
    CHECK(drill.sentence.ends_with(
        "about 33 hunks are left, none likelier than another (3 % each)."));
    beliefs[0].second = 0.2;
    hunt::name_suspects(drill, source, report::DrillResult::share, beliefs);
    CHECK(drill.sentence.find("the likeliest: unit0 (20 %)") != std::string::npos);
    CHECK(drill.suspects.size() == 10);
    hunt::name_suspects(drill, source, report::DrillResult::share,
                        {{hunt::HunkSet{3}, 0.49}, {hunt::HunkSet{4}, 0.49}});
    CHECK(drill.suspects == std::vector<std::string>{"unit3", "unit4"});
  }

  TEST_CASE("a commit of one hunk needs no trial more") {
    Commit commit(leaks([](const Configuration&) { return true; }), 1);
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    REQUIRE(model->drills.size() == 1);
    CHECK(model->drills[0].culprits[0].unit == "unit0");
    for (const auto& record : model->trials) CHECK(record.purpose != trial::Purpose::drill);
  }

  TEST_CASE("what the change shows upon the good end says whether it only lets a leak out") {
    std::size_t parts = 5;
    SUBCASE("of several hunks") {}
    SUBCASE("of one hunk") {
      parts = 1;
    }
    CAPTURE(parts);
    Commit commit(leaks([](const Configuration& c) { return is_on(c, 0); }), parts);
    commit.source.is_carried = true;
    std::optional<double> upon;
    commit.executor->upon_good = [&](const Configuration& c) {
      CHECK(is_on(c, 0));
      return upon;
    };
    const auto origin = [&] {
      const auto model = commit.hunt();
      REQUIRE(model.has_value());
      REQUIRE(model->drills.size() == 1);
      REQUIRE(model->drills[0].origin.has_value());
      CHECK(model->result == report::HuntResult::culprit);
      CHECK(report::to_text(*model).find("upon the good end") != std::string::npos);
      CHECK(report::to_html(*model).find("upon the good end") != std::string::npos);
      CHECK(report::to_json(*model)["drill"]["origin"]["trial"] == model->trials.back().id);
      return report::to_json(*model)["drill"]["origin"]["kind"].get<std::string>();
    };
    SUBCASE("it leaks there too") {
      upon = 4096.0;
      CHECK(origin() == "complete");
    }
    SUBCASE("it is clean there") {
      upon = 0.0;
      CHECK(origin() == "enabling");
    }
    SUBCASE("it cannot be put there") {
      CHECK(origin() == "unknown");
    }
  }

  TEST_CASE("a merge that leaks without what was changed by hand is called one") {
    Commit commit(leaks([](const Configuration&) { return true; }));
    commit.source.is_merge = true;
    SUBCASE("searched") {}
    SUBCASE("with nothing to search") {
      commit.source.parts = 0;
    }
    const auto model = commit.hunt();
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE(model->drills.size() == 1);
    CAPTURE(model->drills[0].sentence);
    CHECK(model->drills[0].result == report::DrillResult::merge);
    CHECK(model->drills[0].culprits.empty());
  }

  TEST_CASE("interrupted in a drill and gone on with, no trial runs twice") {
    const auto truth = leaks([](const Configuration& c) { return is_on(c, 3); });
    Commit whole(truth);
    REQUIRE(whole.hunt().has_value());
    const std::size_t trials = whole.executor->ran.size();
    for (std::size_t stop_at = 1; stop_at <= trials; stop_at += test::stride) {
      CAPTURE(stop_at);
      Commit commit(truth);
      hunt::Interrupt interrupt;
      commit.executor->on_run = [&](const std::string&) {
        if (commit.executor->ran.size() == stop_at) interrupt.raise();
      };
      const auto cut =
          hunt_with(commit.source, *commit.executor, commit.folder.path, "bisect", interrupt);
      REQUIRE(cut.has_value());
      CHECK(cut->result == report::HuntResult::interrupted);
      std::set<std::string> finished;
      for (const auto& record : cut->trials) finished.insert(record.id);
      commit.executor->on_run = nullptr;
      commit.executor->ran.clear();
      const auto resumed = commit.hunt();
      REQUIRE(resumed.has_value());
      CHECK(resumed->result == report::HuntResult::culprit);
      REQUIRE(resumed->drills.size() == 1);
      CHECK(resumed->drills[0].culprits[0].unit == "unit3");
      for (const std::string& id : commit.executor->ran) CHECK(!finished.contains(id));
    }
  }
}
