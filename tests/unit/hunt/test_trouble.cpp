// Trials that tell nothing for one reason, three times in a row.

#include "fakes.hpp"
#include "hunt/ends/trouble.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::OutcomeKind;
using strategies::Shape;

namespace {

void fail_at(trial::Record& record, trial::Stage stage, OutcomeKind kind, const char* reason) {
  record.kind = kind;
  record.stage = stage;
  record.decision = {};
  record.reason = reason;
}

int count_of(const std::vector<std::string>& texts, const std::string& words) {
  return static_cast<int>(std::ranges::count_if(
      texts, [&](const std::string& text) { return text.find(words) != std::string::npos; }));
}

// A hunt whose first `fails` trials of the search go wrong as told.
struct Hunting {
  const TempFolder folder;
  FakeSource source{Shape::history, 200};
  FakeExecutor executor{source, folder.path, leaks_since(117)};
  std::map<std::string, std::optional<double>> patience;  // by id
  int left;

  Hunting(int fails, std::function<void(trial::Record&)> bend) : left(fails) {
    executor.curves = true;
    executor.loses = [this](const trial::Plan& plan) {
      patience[plan.id] = plan.patience_s;
      return false;
    };
    executor.on_end = [this, bend](trial::Record& record) {
      if (record.purpose == trial::Purpose::search && left-- > 0) bend(record);
    };
  }
  report::Model run() {
    hunt::Interrupt interrupt;
    auto model = hunt_with(source, executor, folder.path, "bayes", interrupt);
    REQUIRE(model.has_value());
    return *model;
  }
};

}  // namespace

TEST_SUITE("three trials in a row that tell nothing for one reason") {
  TEST_CASE("starts that take too long are waited for twice as long from then on") {
    Hunting hunting(3, [](trial::Record& record) {
      fail_at(record, trial::Stage::start, OutcomeKind::untestable, "not ready in 30 s");
      record.seconds = 30;
    });
    hunting.executor.ready_timeout_s = 30;
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    CHECK(count_of(model.warnings, "not ready within 30.0 s three times in a row") == 1);
    int waited = 0;
    for (const trial::Record& record : model.trials) {
      const auto patience = hunting.patience.at(record.id);
      if (record.purpose != trial::Purpose::search) continue;
      CHECK(patience.has_value() == (waited >= 3));
      if (patience) CHECK(*patience == 60);
      ++waited;
    }
  }

  TEST_CASE("where other starts took a second, one that never comes up is given up sooner") {
    std::vector<double> given;  // to the search's trials, in order
    Hunting hunting(5, [&](trial::Record& record) {
      fail_at(record, trial::Stage::start, OutcomeKind::untestable, "not ready: status 502");
      record.ready_seconds = 0;
      record.seconds = given.back();
    });
    hunting.executor.ready_timeout_s = 60;
    hunting.executor.on_end = [&, bend = hunting.executor.on_end](trial::Record& record) {
      record.ready_seconds = 0.8;
      if (record.purpose == trial::Purpose::search)
        given.push_back(hunting.patience.at(record.id).value_or(60));
      bend(record);
    };
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    REQUIRE(given.size() >= 5);
    given.resize(5);
    CHECK(given == std::vector<double>{60, 20, 20, 40, 40});
  }

  TEST_CASE("a server that ends by itself at once is not waited for longer") {
    Hunting hunting(3, [](trial::Record& record) {
      fail_at(record, trial::Stage::start, OutcomeKind::untestable, "the server ended (code 1)");
      record.seconds = 0.2;
    });
    hunting.executor.ready_timeout_s = 30;
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    CHECK(count_of(model.warnings, "change subject.start") == 1);
    for (const auto& [id, patience] : hunting.patience) CHECK_FALSE(patience.has_value());
  }

  TEST_CASE("a server that ends under load is loaded less") {
    Hunting hunting(3, [](trial::Record& record) {
      fail_at(record, trial::Stage::load, OutcomeKind::error, "the server ended under load");
      record.counts.loaded_s = 2;
      record.counts.answered = record.counts.sent = 400;
    });
    hunting.executor.has_rate = true;
    hunting.executor.load.rate = 200;
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    CHECK(count_of(model.warnings, "trials go on at 100 requests/s") == 1);
    CHECK(model.trials.front().load_rate == 200);
    CHECK(model.trials.back().load_rate == 100);
  }

  TEST_CASE("a server that ends at its first requests is no reason for a lower rate") {
    Hunting hunting(9, [](trial::Record& record) {
      fail_at(record, trial::Stage::load, OutcomeKind::error, "the server ended under load");
      record.counts.loaded_s = 1;
      record.counts.answered = record.counts.sent = 7;
    });
    hunting.executor.has_rate = true;
    hunting.executor.load.rate = 200;
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    CHECK(count_of(model.warnings, "trials go on at") == 0);
    CHECK(count_of(model.warnings, "ends at its first requests") == 1);
    CHECK(model.trials.back().load_rate == 200);
  }

  TEST_CASE("a rate that was lowered for a crash in vain is not lowered again") {
    Hunting hunting(9, [](trial::Record& record) {
      fail_at(record, trial::Stage::load, OutcomeKind::error, "the server ended under load");
      record.counts.loaded_s = 2;
      record.counts.answered = record.counts.sent = 400;
    });
    hunting.executor.has_rate = true;
    hunting.executor.load.rate = 200;
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    CHECK(count_of(model.warnings, "trials go on at") == 1);
    CHECK(model.trials.back().load_rate == 100);
  }

  TEST_CASE("what cannot be changed is said at once, and once, and the hunt goes on") {
    Hunting hunting(6, [](trial::Record& record) {
      fail_at(record, trial::Stage::build, OutcomeKind::untestable, "build: exit code 2");
    });
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    CHECK(count_of(model.warnings, "three trials in a row told nothing: builds fail") == 1);
  }

  TEST_CASE("reasons that take turns change nothing") {
    Hunting hunting(6, [turn = 0](trial::Record& record) mutable {
      const bool is_build = ++turn % 2 == 0;
      fail_at(record, is_build ? trial::Stage::build : trial::Stage::start, OutcomeKind::untestable,
              "broken");
    });
    const report::Model model = hunting.run();
    CHECK(model.culprits.at(0).unit == "unit117");
    CHECK(count_of(model.warnings, "in a row") == 0);
  }
}
