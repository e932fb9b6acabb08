// How long a hunt says that it still takes: orders, and ends.

#include "hunt/answer/eta.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using hunt::eta_s;
using trial::Purpose;

namespace {

trial::Record ran(Purpose purpose, double seconds, double build_s = 0) {
  trial::Record record;
  record.purpose = purpose;
  record.kind = strategies::OutcomeKind::measured;
  record.seconds = seconds;
  record.build_seconds = build_s;
  return record;
}

// After two controls and a trial of the search, with so many suspects that are all as likely.
report::Model searching(std::size_t suspects, double build_s = 0) {
  report::Model model;
  model.kind = "commit";
  model.trials = {ran(Purpose::control_bad, 30), ran(Purpose::control_good, 12),
                  ran(Purpose::search, 10, build_s)};
  for (std::size_t i = 0; i < suspects; ++i)
    model.ranking.emplace_back(std::to_string(i), 1.0 / static_cast<double>(suspects));
  model.progress.push_back({"t3", suspects, 1.0 / static_cast<double>(suspects), ""});
  return model;
}

}  // namespace

TEST_SUITE("the time that is left") {
  TEST_CASE("nothing is known before the search has begun") {
    CHECK(eta_s(report::Model{}, {}) == -1);
  }
  TEST_CASE("more suspects, builds and a drill take longer; slots and a proof that is run, less") {
    const double few = eta_s(searching(4), {});
    CHECK(eta_s(searching(64), {}) > few);
    CHECK(eta_s(searching(4, 20), {}) > 2 * few);
    CHECK(eta_s(searching(4), {1, true, 0}) > few);
    CHECK(eta_s(searching(64), {2, false, 0}) < eta_s(searching(64), {}));
    CHECK(eta_s(searching(4), {1, false, 100}) > few + 100);
    report::Model proving = searching(4);
    proving.culprits.emplace_back();
    const double both = eta_s(proving, {});
    CHECK(both < few);
    proving.trials.push_back(ran(Purpose::proof_off, 10));
    CHECK(eta_s(proving, {}) < both);
    proving.trials.push_back(ran(Purpose::proof_on, 10));
    CHECK(eta_s(proving, {}) == 0);
  }
  TEST_CASE("what is as good as known takes hardly a trial") {
    report::Model model = searching(64);
    for (auto& [unit, probability] : model.ranking) probability = 0.0001;
    model.ranking.front().second = 0.9937;
    CHECK(eta_s(model, {}) < 3.5 * 10);
  }
  TEST_CASE("a drill counts down from the hunks of the commit") {
    report::Model model = searching(1);
    model.culprits.emplace_back();
    model.drills.emplace_back().units = 32;
    const double many = eta_s(model, {1, true, 0});
    model.drills.back().units = 4;
    const double few = eta_s(model, {1, true, 0});
    CHECK(few < many);
    model.trials.push_back(ran(Purpose::drill, 10));
    CHECK(eta_s(model, {1, true, 0}) < few);
  }

  TEST_CASE("toggles: a trial of the search as long as the proof is a side of it") {
    report::Model model = searching(8);
    model.kind = "component";
    const double before = eta_s(model, {1, false, 20});
    model.trials.push_back(ran(Purpose::search, 20));
    const double after = eta_s(model, {1, false, 20});
    CHECK(before - after == doctest::Approx(20));
    // No answer is sure before its last trial.
    model.ranking = {{"0", 1.0}};
    model.progress.back().suspects = 1;
    model.trials.push_back(ran(Purpose::search, 20));
    CHECK(eta_s(model, {1, false, 20}) == doctest::Approx(20));
    model.culprits.resize(1);
    CHECK(eta_s(model, {1, false, 20}) == 0);
  }
}
