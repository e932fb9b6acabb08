// When builds of the search begin from clean trees.

#include "trial/record.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using trial::BuildKind;
using trial::BuildTrust;

namespace {

trial::Record built(BuildKind kind, double build_s, double trial_s = 10) {
  trial::Record record;
  record.kind = strategies::OutcomeKind::measured;
  record.build = kind;
  record.build_seconds = build_s;
  record.seconds = trial_s;
  return record;
}

trial::Record spoilt(double build_s) {
  trial::Record record = built(BuildKind::clean, build_s);
  record.build_spoilt = "undefined reference";
  return record;
}

BuildTrust after(std::initializer_list<trial::Record> records,
                 config::BuildMode mode = config::BuildMode::automatic) {
  BuildTrust trust(mode);
  for (const trial::Record& record : records) trust.note(record);
  return trust;
}

}  // namespace

TEST_SUITE("trust in incremental builds") {
  TEST_CASE("builds that are short beside a trial are always clean") {
    CHECK(after({built(BuildKind::clean, 2)}).wants_clean());
    CHECK(after({built(BuildKind::clean, 2), built(BuildKind::incremental, 1)}).wants_clean());
  }
  TEST_CASE("dear builds go on from what is there until one was spoilt") {
    const auto clean = built(BuildKind::clean, 15);
    const auto quick = built(BuildKind::incremental, 3);
    CHECK(!after({clean, clean, quick}).wants_clean());
    CHECK(after({clean, clean, quick, spoilt(18)}).wants_clean());
  }
  TEST_CASE("where a clean build costs twenty minutes one bad one is no reason to make them all") {
    const auto clean = built(BuildKind::clean, 1200);
    const auto quick = built(BuildKind::incremental, 20);
    CHECK(!after({clean, clean, quick, spoilt(1220)}).wants_clean());
    CHECK(after({clean, spoilt(1220), spoilt(1220), spoilt(1220), spoilt(1220), spoilt(1220),
                 spoilt(1220), spoilt(1220), spoilt(1220)})
              .said()
              .empty());
  }
  TEST_CASE("sound builds earn trust") {
    const auto clean = built(BuildKind::clean, 12);
    const auto quick = built(BuildKind::incremental, 5);
    CHECK(after({clean, clean}).wants_clean() == after({clean}).wants_clean());
    BuildTrust trust = after({clean, clean, spoilt(17)});
    CHECK(trust.wants_clean());
    for (int i = 0; i < 40; ++i) trust.note(quick);
    CHECK(!trust.wants_clean());
  }
  TEST_CASE("the hunt file may decide") {
    const auto dear = built(BuildKind::clean, 1000);
    CHECK(after({dear}, config::BuildMode::clean).wants_clean());
    CHECK(!after({built(BuildKind::clean, 1), spoilt(1)}, config::BuildMode::incremental)
               .wants_clean());
  }
  TEST_CASE("what was found in a cache says nothing of what a build takes") {
    trial::Record cached = built(BuildKind::clean, 900);
    cached.build_cached = true;
    CHECK(after({cached, built(BuildKind::clean, 1)}).wants_clean());
  }
}
