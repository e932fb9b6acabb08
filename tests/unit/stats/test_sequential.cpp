#include "stats/decision.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using synthetic::make;
using synthetic::Recipe;

namespace {

/// Ends that say what the test wants, one answer a look.
class Scripted final : public Ends {
 public:
  explicit Scripted(std::vector<Verdict> verdicts, double llr = 0)
      : verdicts_(std::move(verdicts)), llr_(llr) {}
  [[nodiscard]] Metric metric() const override { return Metric::anon; }
  [[nodiscard]] double delta() const override { return 1; }
  [[nodiscard]] double delta_se() const override { return 0; }
  [[nodiscard]] double separated_at_s() const override { return 1; }
  [[nodiscard]] double limit_s() const override { return 60; }
  [[nodiscard]] double run_to_run() const override { return 0.15; }
  [[nodiscard]] double look_interval_s() const override { return 1; }
  [[nodiscard]] std::shared_ptr<const Ends> between(double, double, double) const override {
    return nullptr;
  }
  [[nodiscard]] Decision judge(const Series& run) const override { return judge(run, 60); }
  [[nodiscard]] Decision judge(const Series& run, double t_max_s) const override {
    Decision decision;
    decision.verdict = verdicts_.at(next_++);
    decision.llr = llr_;
    decision.final = run.back().t_s >= t_max_s;
    return decision;
  }

 private:
  std::vector<Verdict> verdicts_;
  double llr_ = 0;
  mutable std::size_t next_ = 0;
};

Series at(double t_s) {
  Sample sample;
  sample.t_s = t_s;
  return {sample};
}

constexpr auto leaking = Verdict::leaking;
constexpr auto clean = Verdict::clean;
constexpr auto undecided = Verdict::undecided;

/// A quiet server as the bundled example: 500 requests a second, 4 KiB leaked a request.
Recipe quiet(double leak, unsigned seed, double seconds) {
  Recipe recipe;
  recipe.rate = 500;
  recipe.leak = leak;
  recipe.seed = seed;
  recipe.seconds = seconds;
  recipe.base = 6e6;
  recipe.warmup = 1e6;
  recipe.warmup_requests = 60;
  return recipe;
}

/// A collected runtime: sawtooth, steps and a long warm-up.
Recipe collected(double leak, unsigned seed) {
  Recipe recipe;
  recipe.leak = leak;
  recipe.seed = seed;
  recipe.warmup = 20e6;
  recipe.warmup_requests = 3000;
  recipe.sawtooth = 4e6;
  recipe.sawtooth_s = 3.3;
  recipe.steps_sd = 500e3;
  recipe.ar_sd = 100e3;
  return recipe;
}

}  // namespace

TEST_SUITE("sequential") {
  TEST_CASE("a verdict needs the same answer at two consecutive looks") {
    Sequential looks(
        std::make_shared<Scripted>(std::vector{leaking, undecided, leaking, clean, clean}), {});
    for (const double t_s : {1.0, 2.0, 3.0, 4.0}) {
      CHECK(looks.look(at(t_s)).verdict == undecided);
      CHECK(!looks.look(at(t_s)).final);
    }
    CHECK(looks.look(at(5)).verdict == clean);
    CHECK(looks.look(at(5)).final);
    CHECK(looks.look(at(9)).verdict == clean);
  }
  TEST_CASE("looks too near to each other count as one") {
    Sequential looks(std::make_shared<Scripted>(std::vector{leaking, leaking}), {});
    CHECK(looks.look(at(1)).verdict == undecided);
    CHECK(looks.look(at(1.1)).verdict == undecided);
    CHECK(looks.look(at(1.9)).verdict == undecided);
    CHECK(looks.look(at(2)).verdict == leaking);
  }
  TEST_CASE("the end of the time is final, with or without an answer") {
    Sequential looks(std::make_shared<Scripted>(std::vector{undecided, leaking}), {});
    CHECK(!looks.look(at(59)).final);
    const auto last = looks.look(at(60));
    CHECK(last.final);
    CHECK(last.verdict == undecided);
  }
  TEST_CASE("the last look is confirmed by one that nearly said the same") {
    for (const double llr : {4.0, 1.0, -4.0}) {
      Sequential looks(std::make_shared<Scripted>(std::vector{undecided, leaking}, llr), {});
      CHECK(looks.look(at(59)).verdict == undecided);
      CHECK(looks.look(at(60)).verdict == (llr == 4 ? leaking : undecided));
    }
    Sequential early(std::make_shared<Scripted>(std::vector{undecided, leaking}, 4), {});
    early.look(at(30));
    CHECK(early.look(at(31)).verdict == undecided);
  }
  TEST_CASE("a quiet server is decided within seconds, after controls of seconds") {
    for (const double seconds : {8.0, 30.0}) {
      const auto ends =
          Ends::calibrate({make(quiet(0, 1, seconds))}, {make(quiet(4096, 2, seconds))}, {});
      REQUIRE(ends);
      CHECK((*ends)->separated_at_s() < 4);
      for (unsigned seed = 10; seed < 20; ++seed) {
        const auto bad = replay(make(quiet(4096, seed, 60)), *ends, {});
        CHECK(bad.verdict == leaking);
        CHECK(bad.decided_at_s < 4);
        const auto good = replay(make(quiet(0, seed + 10, 60)), *ends, {});
        CHECK(good.verdict == clean);
        CHECK(good.decided_at_s < 4);
      }
    }
  }
  TEST_CASE("a sawtooth does not tempt into short looks") {
    const auto ends = Ends::calibrate({make(collected(0, 1))}, {make(collected(3000, 2))}, {});
    REQUIRE(ends);
    CHECK((*ends)->separated_at_s() >= 9);
    for (unsigned seed = 10; seed < 25; ++seed) {
      CHECK(replay(make(collected(3000, seed)), *ends, {}).verdict != clean);
      CHECK(replay(make(collected(0, seed + 50)), *ends, {}).verdict != leaking);
    }
  }
  TEST_CASE("load that comes and goes is judged by its requests") {
    auto leaky = quiet(2000, 1, 60);
    auto calm = quiet(0, 2, 60);
    const auto ends = Ends::calibrate({make(calm)}, {make(leaky)}, {});
    REQUIRE(ends);
    leaky.seed = 3;
    leaky.idle_every_s = 2;
    CHECK(replay(make(leaky), *ends, {}).verdict == leaking);
  }
  TEST_CASE("two running controls are told apart when they are, not before") {
    const auto early = separation(make(quiet(0, 1, 1)), make(quiet(4096, 2, 1)), {});
    CHECK(!early.separated);
    CHECK(!early.reason.empty());
    const auto later = separation(make(quiet(0, 1, 10)), make(quiet(4096, 2, 10)), {});
    CHECK(later.separated);
    CHECK(later.predicted_se < 0.25);
    CHECK(!separation(make(quiet(0, 1, 10)), make(quiet(0, 2, 10)), {}).separated);
    CHECK(!separation({}, make(quiet(0, 2, 10)), {}).separated);
  }
}
