// A leak of known size: how it is judged and told, and what a hunt makes of one that it does not
// see.

#include "fakes.hpp"
#include "hunt/ends/known_leak.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace leakbisect;
using namespace leakbisect::test;
using strategies::Configuration;
using strategies::Shape;

namespace {

// A hunt of sixteen commits with a positive control, in a folder of its own or gone on with.
struct ControlledHunt {
  ControlledHunt(const Truth& truth, double shown) : executor(source, folder.path, truth) {
    executor.curves = true;
    executor.has_known_leak = true;
    executor.ballast_shown = shown;
  }
  report::Model run() {
    hunt::Interrupt interrupt;
    const auto model = hunt_with(source, executor, folder.path, "bisect", interrupt, 6000);
    REQUIRE(model.has_value());
    return *model;
  }
  TempFolder folder;
  FakeSource source{Shape::history, 16};
  FakeExecutor executor;
};

bool is_control(const trial::Record& record) {
  return record.purpose == trial::Purpose::positive_control;
}

bool is_called_clean(const trial::Record& record) {
  return record.purpose != trial::Purpose::control_good && !is_control(record) &&
         record.decision.verdict == stats::Verdict::clean;
}

stats::Series line(double slope, double seconds) {
  stats::Series series;
  for (int i = 0; i < 10 * seconds; ++i) {
    stats::Sample sample;
    sample.t_s = 0.1 * i;
    sample.requests = 20.0 * i;
    sample.newest_pid = 42;
    // Both ways about the line, and never twice the same.
    const double stray = 2000 * std::sin(7.3 * i + slope);
    sample.at(stats::Metric::anon) = 5e6 + slope * sample.requests + stray;
    series.push_back(sample);
  }
  return series;
}

trial::Record with_ballast(double per_request, double bytes) {
  trial::Record record;
  record.ballast = trial::Ballast{per_request, bytes, "a process beside the server"};
  return record;
}

}  // namespace

TEST_SUITE("a leak of known size") {
  TEST_CASE("is seen where it shows, and not where it does not") {
    stats::Options options;
    options.t_max_s = 30;
    const auto record = with_ballast(512, 512 * 6000);
    const auto seen = hunt::judge_known_leak(record, line(10, 30), line(522, 30), options);
    CHECK(seen.is_seen);
    CHECK(seen.is_right());
    CHECK(seen.slope == doctest::Approx(512).epsilon(0.1));
    CHECK(seen.seconds < 30);
    const auto hidden = hunt::judge_known_leak(record, line(10, 30), line(10, 30), options);
    CHECK(hidden.is_tried);
    CHECK_FALSE(hidden.is_seen);
    CHECK_FALSE(hidden.is_right());
    const auto other = hunt::judge_known_leak(record, line(10, 30), line(2010, 30), options);
    CHECK(other.is_seen);
    CHECK_FALSE(other.is_right());
  }

  TEST_CASE("of which nothing was put in is not tried") {
    const auto leak = hunt::judge_known_leak(with_ballast(512, 0), line(10, 30), line(10, 30), {});
    CHECK_FALSE(leak.is_tried);
    CHECK(says(hunt::known_leak_sentence(leak, 600), "the load reached nobody"));
  }

  TEST_CASE("needs longer, the smaller it is, and longer than it was not seen in") {
    const std::vector<hunt::Shown> shown{{10, 2000}, {30, 600}};
    const auto small = hunt::seconds_for(100, shown);
    const auto middle = hunt::seconds_for(300, shown);
    REQUIRE(small);
    REQUIRE(middle);
    CHECK(*small > *middle);
    CHECK(*middle > 30);
    CHECK(*hunt::seconds_for(5000, shown) == doctest::Approx(45));
    CHECK_FALSE(hunt::seconds_for(100, {}));
    CHECK_FALSE(hunt::seconds_for(1e-6, shown));
  }

  TEST_CASE("is told in one sentence") {
    hunt::KnownLeak leak;
    leak.size = 256;
    leak.is_tried = true;
    leak.place = "the server's own heap";
    leak.seconds = 10;
    leak.would_do_s = 38;
    CHECK(hunt::known_leak_sentence(leak, 600) ==
          "could not have seen 256 B/request in 10.0 s; 40.0 s would do");
    CHECK(says(hunt::known_leak_sentence(leak, 30), "limits.trial is 30.0 s"));
    leak.would_do_s.reset();
    CHECK(says(hunt::known_leak_sentence(leak, 600), "memory.settle"));
    leak.is_seen = true;
    leak.slope = 251;
    leak.half_width = 30;
    leak.seconds = 9;
    CHECK(hunt::known_leak_sentence(leak, 600) ==
          "a leak of 256 B/request put into the server's own heap was seen as 251 ± 30 B/request "
          "after 9.0 s");
    leak.slope = 400;
    CHECK(says(hunt::known_leak_sentence(leak, 600), "not its size"));
  }
}

TEST_SUITE("the positive control of a hunt") {
  TEST_CASE("comes after the controls, is told, and is not run again") {
    ControlledHunt hunted(leaks_since(9), 1);
    const report::Model model = hunted.run();
    CHECK(model.result == report::HuntResult::culprit);
    CHECK(says(model.known_leak, "was seen as"));
    REQUIRE(model.trials.size() > 4);
    CHECK_FALSE(is_control(model.trials[1]));
    CHECK(is_control(model.trials[2]));
    CHECK(model.trials[2].ballast->per_request == 0);
    CHECK(is_control(model.trials[3]));
    CHECK(model.trials[3].ballast->per_request > 0);
    CHECK_FALSE(is_control(model.trials[4]));
    CHECK(says(report::to_json_text(model), "was seen as"));
    CHECK(says(report::to_html(model), "positive control"));
    CHECK(says(report::to_text(model), "known leak"));

    hunted.executor.ran.clear();
    const report::Model again = hunted.run();
    CHECK(hunted.executor.ran.empty());
    CHECK(again.known_leak == model.known_leak);
    CHECK(again.trials[3].ballast->bytes == model.trials[3].ballast->bytes);
  }

  TEST_CASE("that sees nothing takes back that nothing leaks") {
    ControlledHunt hunted(leaks_since(20), 0);
    const report::Model model = hunted.run();
    CHECK(model.result == report::HuntResult::untestable);
    CHECK(says(model.sentence, "could not have seen 256 B/request"));
    CHECK_FALSE(model.advice.empty());
  }

  TEST_CASE("that sees it leaves it at that") {
    ControlledHunt hunted(leaks_since(20), 1);
    const report::Model model = hunted.run();
    CHECK(model.result == report::HuntResult::clean);
    CHECK(says(model.known_leak, "was seen as"));
  }

  TEST_CASE("that sees nothing lets no trial be called clean") {
    ControlledHunt hunted(leaks_since(9), 0);
    const report::Model model = hunted.run();
    CHECK(says(model.known_leak, "could not have seen"));
    CHECK(std::ranges::none_of(model.trials, is_called_clean));
    CHECK_FALSE((model.result == report::HuntResult::clean));
    CHECK_FALSE(model.proof.holds);
    CHECK(std::ranges::any_of(model.warnings, [](const std::string& warning) {
      return says(warning, "no trial is called clean");
    }));
  }
}
