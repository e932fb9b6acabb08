// The rate that is found and lowered, and controls that a crash, a stall or a rate spoils.

#include "fakes.hpp"
#include "hunt/ends/load_rate.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::OutcomeKind;
using strategies::Shape;

namespace {

// A server that answers so many a second, and no more.
std::function<void(trial::Record&)> holds(double rate) {
  return [rate](trial::Record& record) {
    const double answered = std::min(rate, record.load_rate);
    load::Counts& counts = record.counts;
    counts.loaded_s = 10;
    counts.planned = static_cast<std::uint64_t>(10 * record.load_rate);
    counts.answered = counts.sent = static_cast<std::uint64_t>(10 * answered);
    if (record.load_rate <= rate) return;
    counts.skipped = counts.planned - counts.sent;
    counts.all_busy_s = 10;
    counts.lateness_p99_s = counts.lateness_max_s = 5;
  };
}

void crash(trial::Record& record) {
  record.kind = OutcomeKind::error;
  record.stage = trial::Stage::load;
  record.decision = {};
  record.reason = "the server ended under load (killed by SIGSEGV)";
  record.counts.answered = record.counts.sent = 400;
}

bool any_says(const std::vector<std::string>& texts, const std::string& words) {
  return std::ranges::any_of(
      texts, [&](const std::string& text) { return text.find(words) != std::string::npos; });
}

}  // namespace

TEST_SUITE("the rate of a load") {
  TEST_CASE("half of what is answered, bounded, shared, and such that trials last") {
    config::HuntFile hunt;
    CHECK(hunt::rate_for(90, 0, hunt).rate == 45);
    CHECK(hunt::rate_for(4000, 0, hunt).rate == hunt::highest_rate);
    CHECK(hunt::rate_for(0.01, 0, hunt).rate == doctest::Approx(0.2));
    hunt.limits.parallel = 3;
    CHECK(hunt::rate_for(90, 0, hunt).rate == 15);
    hunt.limits.parallel = 1;
    hunt.limits.memory_bytes = 120e6;
    // A quarter of the cap in half a minute is 1 MB/s.
    CHECK(hunt::rate_for(4000, 1e5, hunt).rate == 10);
    CHECK(hunt::rate_for(4000, 1e5, hunt).sentence.find("10 requests/s") == 0);
  }
  TEST_CASE("rates have two digits") {
    CHECK(hunt::rounded_rate(117) == 120);
    CHECK(hunt::rounded_rate(0.234) == doctest::Approx(0.23));
    CHECK(hunt::rounded_rate(0) == 0);
  }

  TEST_CASE("one that the bad end does not hold is lowered for all trials, with a warning") {
    const TempFolder folder;
    FakeSource source(Shape::history, 30);
    FakeExecutor executor(source, folder.path, leaks_since(17));
    executor.curves = true;
    executor.has_rate = true;
    executor.load.rate = 5000;
    executor.on_end = holds(100);
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    REQUIRE(model->culprits.size() == 1);
    CHECK(model->culprits[0].unit == "unit17");
    CHECK(any_says(model->warnings, "the load of 5000 requests/s did not hold (t1: late"));
    CHECK(any_says(model->warnings, "trials go on at 60 requests/s"));
    CHECK(model->trials.front().load_rate == 5000);
    for (std::size_t i = 1; i < model->trials.size(); ++i) CHECK(model->trials[i].load_rate == 60);
    // The same again from the journal.
    const std::size_t ran = executor.ran.size();
    const auto again = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(again.has_value());
    CHECK(again->result == report::HuntResult::culprit);
    CHECK(executor.ran.size() == ran);
    CHECK(again->warnings == model->warnings);
  }

  TEST_CASE("one that is fixed stays, and what is answered counts") {
    const TempFolder folder;
    FakeSource source(Shape::history, 30);
    FakeExecutor executor(source, folder.path, leaks_since(17));
    executor.curves = true;
    executor.has_rate = true;
    executor.load.rate = 400;
    executor.load.rate_fixed = true;
    executor.on_end = holds(100);
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    CHECK(any_says(model->warnings, "load.http.rate_fixed keeps it"));
    CHECK(std::ranges::all_of(model->trials, [](const auto& t) { return t.load_rate == 400; }));
  }
}

TEST_SUITE("controls that something spoils") {
  TEST_CASE("a server that dies once at either end ends nothing") {
    const TempFolder folder;
    FakeSource source(Shape::history, 30);
    FakeExecutor executor(source, folder.path, leaks_since(17));
    executor.curves = true;
    executor.on_end = [](trial::Record& record) {
      if (record.id == "t1" || record.id == "t3" || record.id == "t4") crash(record);
    };
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::culprit);
    CHECK(model->trials[1].purpose == trial::Purpose::control_bad);
    CHECK(model->trials[4].purpose == trial::Purpose::control_good);
  }

  TEST_CASE("one that always dies ends the hunt after three, with what to change") {
    const TempFolder folder;
    FakeSource source(Shape::history, 30);
    FakeExecutor executor(source, folder.path, leaks_since(17));
    executor.curves = true;
    executor.on_end = crash;
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt);
    REQUIRE(model.has_value());
    CHECK(model->result == report::HuntResult::untestable);
    CHECK(executor.ran.size() == 3);
    CHECK(any_says(model->advice, "lower load.http.rate"));
  }
}
