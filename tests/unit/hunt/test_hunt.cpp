#include "fakes.hpp"
#include "hunt/answer/answer.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

Truth leaks_when_on(strategies::UnitIndex unit, double slope = 4096) {
  return [=](const Configuration& c) { return is_on(c, unit) ? slope : 0.0; };
}

}  // namespace

TEST_SUITE("hunt") {
  TEST_CASE("a component is found, proven and reported") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 12);
    FakeExecutor executor(source, folder.path, leaks_when_on(7));
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "split", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits[0].unit == "unit7");
    CHECK(model->proof.done);
    CHECK(model->proof.holds);
    CHECK(report::traits(model->result).exit == 0);
    std::ifstream file(folder.path / "report.json");
    const auto report = nlohmann::json::parse(file);
    CHECK(report["result"] == "culprit");
    CHECK(report["trials"].size() == executor.ran.size());
    CHECK(std::filesystem::file_size(folder.path / "report.html") > 1000);
  }

  TEST_CASE("curves are judged between the controls") {
    const TempFolder folder;
    FakeSource source(Shape::history, 30);
    FakeExecutor executor(source, folder.path, leaks_since(17));
    executor.curves = true;
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits[0].unit == "unit17");
    CHECK(model->culprits[0].slope == doctest::Approx(4096).epsilon(0.05));
    CHECK(model->proof.holds);
  }

  TEST_CASE("trials that a busy machine loses are run again, at the ends and in the proof too") {
    const TempFolder folder;
    FakeSource source(Shape::history, 30);
    FakeExecutor executor(source, folder.path, leaks_since(17));
    executor.curves = true;
    // Both ends twice each, one trial of the search, and whatever is twice as long as the ends.
    executor.lost = {"t1", "t2", "t4", "t5", "t8"};
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits[0].unit == "unit17");
    CHECK(model->culprits[0].equivalents.size() <= 1);
    CHECK(model->proof.holds);
    CHECK(std::ranges::count_if(model->trials, [](const auto& t) { return t.lost; }) == 5);
  }

  TEST_CASE("a proof whose trials are lost is not refuted: they gave no answer, and why") {
    const TempFolder folder;
    FakeSource source(Shape::history, 8);
    FakeExecutor executor(source, folder.path, leaks_since(5));
    executor.curves = true;
    for (int i = 6; i < 60; ++i) executor.lost.insert("t" + std::to_string(i));
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->proof.done);
    CHECK_FALSE(model->proof.holds);
    CAPTURE(model->proof.sentence);
    CHECK(model->proof.sentence.find("gave no answer (lost by the test)") != std::string::npos);
    CHECK(model->proof.sentence.find("otherwise") == std::string::npos);
  }

  TEST_CASE("an end that is lost again and again ends the hunt, and says why") {
    const TempFolder folder;
    FakeSource source(Shape::history, 30);
    FakeExecutor executor(source, folder.path, leaks_since(17));
    executor.curves = true;
    executor.lost = {"t1", "t2", "t3"};
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::untestable);
    CHECK(model->sentence.find("lost by the test") != std::string::npos);
    CHECK(executor.ran.size() == 3);
  }

  TEST_CASE("nothing leaks is an answer") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 12);
    FakeExecutor executor(source, folder.path, [](const Configuration&) { return 0.0; });
    hunt::Interrupt interrupt;
    SUBCASE("by verdicts") {}
    SUBCASE("by curves") {
      executor.curves = true;
    }
    const auto model = hunt_with(source, executor, folder.path, "split", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::clean);
    CHECK(report::traits(model->result).exit == 3);
  }

  TEST_CASE("a good end that leaks too is an answer") {
    const TempFolder folder;
    FakeSource source(Shape::history, 12);
    FakeExecutor executor(source, folder.path, [](const Configuration&) { return 4096.0; });
    hunt::Interrupt interrupt;
    SUBCASE("by verdicts") {}
    SUBCASE("by curves") {
      executor.curves = true;
    }
    SUBCASE("by curves that are alike, long before the limit") {
      executor.curves = true;
      executor.trial_s = 3600;
    }
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt, 1e6);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::untestable);
    for (const auto& trial : model->trials) CHECK(trial.seconds < 300);
    REQUIRE(!model->advice.empty());
    CHECK(model->advice.front().find("older good end") != std::string::npos);
    CAPTURE(model->sentence);
    CHECK(model->sentence.find("good end leaks too") != std::string::npos);
    CHECK(report::traits(model->result).exit == 5);
  }

  TEST_CASE("an end that cannot be tested ends the hunt with its reason") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 12);
    FakeExecutor executor(source, folder.path, [](const Configuration&) { return std::nullopt; });
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "split", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::untestable);
    CAPTURE(model->sentence);
    CHECK(model->sentence.find("broken by the test") != std::string::npos);
  }

  TEST_CASE(
      "interrupted anywhere and gone on with, the answer is the same and no trial runs twice") {
    const TempFolder whole_folder;
    FakeSource source(Shape::toggles, 12);
    for (const int slots : {1, 3}) {
      CAPTURE(slots);
      const TempFolder reference;
      FakeExecutor uncut(source, reference.path, leaks_when_on(4));
      uncut.slot_count = slots;
      hunt::Interrupt never;
      const auto expected = hunt_with(source, uncut, reference.path, "split", never);
      REQUIRE(expected.has_value());
      CAPTURE(expected->sentence);
      REQUIRE(expected->result == report::HuntResult::culprit);
      for (std::size_t stop_at = 1; stop_at <= uncut.ran.size(); stop_at += test::stride) {
        CAPTURE(stop_at);
        const TempFolder folder;
        FakeExecutor executor(source, folder.path, leaks_when_on(4));
        executor.slot_count = slots;
        hunt::Interrupt interrupt;
        executor.on_run = [&](const std::string&) {
          if (executor.ran.size() == stop_at) interrupt.raise();
        };
        const auto cut = hunt_with(source, executor, folder.path, "split", interrupt);
        REQUIRE(cut.has_value());
        CHECK(cut->result == report::HuntResult::interrupted);
        std::set<std::string> finished;
        for (const auto& record : cut->trials) finished.insert(record.id);

        executor.on_run = nullptr;
        executor.ran.clear();
        hunt::Interrupt not_again;
        const auto resumed = hunt_with(source, executor, folder.path, "split", not_again);
        REQUIRE(resumed.has_value());
        CAPTURE(resumed->sentence);
        REQUIRE(resumed->result == report::HuntResult::culprit);
        CHECK(resumed->culprits[0].unit == expected->culprits[0].unit);
        CHECK(resumed->trials.size() == expected->trials.size());
        for (const std::string& id : executor.ran) CHECK(!finished.contains(id));
      }
    }
  }

  TEST_CASE("builds that come and go change the choice, and never what a hunt goes on from") {
    FakeSource source(Shape::history, 64);
    const Truth truth = [](const strategies::Configuration& configuration) {
      const auto commit = configuration.commit;
      return std::optional<double>(commit != strategies::no_unit && commit >= 23 ? 1000 : 0);
    };
    // Never twice the same: as if every run were on another machine.
    int looks = 0;
    const auto some_are_there = [&looks] {
      std::vector<executor::Wait> waits;
      for (strategies::UnitIndex unit = 0; unit < 64; ++unit)
        if ((unit * 7 + ++looks) % 5 == 0)
          waits.push_back({{nullptr, strategies::at_commit(unit)}, 0});
      return waits;
    };
    const auto equipped = [&](FakeExecutor& executor, int slots) {
      executor.slot_count = slots;
      executor.build_s = 3;
      executor.on_waits = some_are_there;
    };
    for (const int slots : {1, 3})
      for (std::size_t stop_at = 1; stop_at <= 9; stop_at += test::stride) {
        CAPTURE(slots);
        CAPTURE(stop_at);
        const TempFolder folder;
        FakeExecutor executor(source, folder.path, truth);
        equipped(executor, slots);
        hunt::Interrupt interrupt;
        executor.on_run = [&](const std::string&) {
          if (executor.ran.size() == stop_at) interrupt.raise();
        };
        const auto cut = hunt_with(source, executor, folder.path, "bayes", interrupt);
        REQUIRE(cut.has_value());
        std::set<std::string> finished;
        for (const auto& record : cut->trials) finished.insert(record.id);
        executor.on_run = nullptr;
        executor.ran.clear();
        hunt::Interrupt not_again;
        const auto resumed = hunt_with(source, executor, folder.path, "bayes", not_again);
        REQUIRE_MESSAGE(resumed.has_value(), (resumed ? "" : resumed.error().message));
        CHECK(resumed->result == report::HuntResult::culprit);
        CHECK(resumed->culprits[0].unit == "unit23");
        for (const std::string& id : executor.ran) CHECK(!finished.contains(id));
      }
  }

  TEST_CASE("a commit whose build is there is tried before a slightly better one") {
    FakeSource source(Shape::history, 48);
    const Truth truth = [](const strategies::Configuration& configuration) {
      const auto commit = configuration.commit;
      return std::optional<double>(commit != strategies::no_unit && commit >= 23 ? 1000 : 0);
    };
    const auto first_search = [&](const std::vector<executor::Wait>& waits) {
      const TempFolder folder;
      FakeExecutor executor(source, folder.path, truth);
      executor.build_s = 20;
      executor.on_waits = [waits] { return waits; };
      hunt::Interrupt never;
      const auto model = hunt_with(source, executor, folder.path, "bayes", never);
      REQUIRE(model.has_value());
      for (const auto& record : model->trials)
        if (record.purpose == trial::Purpose::search) return record.configuration.commit;
      return strategies::no_unit;
    };
    const auto middle = first_search({});
    CHECK(middle > 20);
    CHECK(middle < 28);
    CHECK(first_search({{{nullptr, strategies::at_commit(36)}, 0}}) == 36);
  }

  TEST_CASE("a spent budget gives a ranked answer") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 12);
    FakeExecutor executor(source, folder.path, leaks_when_on(4));
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "split", interrupt, 0);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::budget);
    CHECK(report::traits(model->result).exit == 4);
    CHECK(!model->advice.empty());
  }

  TEST_CASE("a proof that does not hold takes the accusation back") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 8);
    // Leaks while the search looks on, and never again once the proof begins.
    int trials = 0;
    FakeExecutor executor(source, folder.path, [&](const Configuration& c) {
      return ++trials <= 8 && is_on(c, 3) ? 4096.0 : 0.0;
    });
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "linear", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result != report::HuntResult::culprit);
    CHECK(!model->advice.empty());
    // That is what the search came to; a proof that is done and does not hold has its own result.
    report::Model named;
    named.result = report::HuntResult::culprit;
    named.culprits.emplace_back().unit = "unit3";
    report::Proof proof;
    proof.done = true;
    hunt::conclude_proof(named, proof);
    CHECK(named.result == report::HuntResult::unproven);
    CHECK(report::traits(named.result).exit == 8);
    CHECK(!named.advice.empty());
  }

  TEST_CASE("what the search has shown at a proof's length is not run again") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 36);
    source.suspect(21, 30);
    FakeExecutor executor(source, folder.path, leaks_when_on(21));
    executor.curves = true;
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "sparse", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits[0].unit == "unit21");
    CHECK(model->proof.holds);
    REQUIRE(model->proof.leaking_trials.size() == 1);
    REQUIRE(model->proof.clean_trials.size() == 1);
    const auto record_of = [&](const std::string& id) {
      return *std::ranges::find(model->trials, id, &trial::Record::id);
    };
    const trial::Record alone = record_of(model->proof.leaking_trials[0]);
    CHECK(alone.purpose == trial::Purpose::search);
    CHECK(alone.configuration == strategies::with_only(source.space(), {21}));
    CHECK(record_of(model->proof.clean_trials[0]).configuration ==
          strategies::without(source.space(), {21}));
    CHECK(model->trials.size() <= 5);
  }

  TEST_CASE("a suspect that is innocent costs a trial or two, and the proof is of the culprit") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 36);
    source.suspect(4, 30);
    FakeExecutor executor(source, folder.path, leaks_when_on(21));
    executor.curves = true;
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "sparse", interrupt);
    REQUIRE(model.has_value());
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits[0].unit == "unit21");
    CHECK(model->proof.holds);
    CHECK(model->trials.size() <= 14);
  }

  TEST_CASE("a journal of another hunt is not gone on with") {
    const TempFolder folder;
    FakeSource source(Shape::toggles, 12);
    FakeExecutor executor(source, folder.path, leaks_when_on(4));
    hunt::Interrupt interrupt;
    executor.on_run = [&](const std::string&) {
      if (executor.ran.size() == 6) interrupt.raise();
    };
    REQUIRE(hunt_with(source, executor, folder.path, "split", interrupt).has_value());
    executor.on_run = nullptr;
    hunt::Interrupt again;
    FakeSource other(Shape::toggles, 40);
    FakeExecutor other_executor(other, folder.path, leaks_when_on(4));
    const auto model = hunt_with(other, other_executor, folder.path, "split", again);
    REQUIRE(model.has_error());
    CHECK(model.error().message.find("changed since") != std::string::npos);
  }
}
