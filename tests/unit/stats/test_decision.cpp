#include "stats/decision.hpp"
#include "tests/says.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;
using leakbisect::test::says;
using synthetic::make;
using synthetic::Recipe;

namespace {

std::shared_ptr<const Ends> ends_of(Recipe recipe, double leak, const Options& options = {}) {
  const auto clean = make(recipe);
  recipe.leak = leak;
  recipe.seed += 100;
  auto ends = Ends::calibrate({clean}, {make(recipe)}, options);
  if (!ends) FAIL(ends.error().message);
  return *ends;
}

Decision judged(Recipe recipe, double leak, unsigned seed, const std::shared_ptr<const Ends>& ends,
                const Options& options = {}) {
  recipe.leak = leak;
  recipe.seed = seed;
  return replay(make(recipe), ends, options);
}

std::string refusal(const Series& clean, const Series& leaking, const Options& options = {}) {
  const auto ends = Ends::calibrate({clean}, {leaking}, options);
  REQUIRE(!ends);
  return ends.error().message;
}

}  // namespace

TEST_SUITE("decision") {
  TEST_CASE("a straight leak is recovered: its slope and its place") {
    Recipe recipe;
    recipe.warmup = 5e6;
    const auto ends = ends_of(recipe, 2000);
    CHECK(ends->metric() == Metric::anon);
    CHECK(ends->delta() == doctest::Approx(2000).epsilon(0.02));
    CHECK(ends->delta_se() < 100);
    const auto leaking = judged(recipe, 2000, 5, ends);
    CHECK(leaking.verdict == Verdict::leaking);
    CHECK(leaking.final);
    CHECK(leaking.lambda == doctest::Approx(1).epsilon(0.15));
    CHECK(leaking.slope == doctest::Approx(2000).epsilon(0.15));
    CHECK(leaking.llr > 4.6);
    CHECK(says(leaking.reason, "B/request"));
    const auto clean = judged(recipe, 0, 6, ends);
    CHECK(clean.verdict == Verdict::clean);
    CHECK(std::fabs(clean.lambda) < 0.15);
    CHECK(clean.llr < -4.6);
  }
  TEST_CASE("another warm-up is waited out, and what goes on after it counts") {
    Recipe recipe{.warmup = 20e6, .warmup_requests = 600};
    const auto ends = ends_of(recipe, 2000);
    recipe.warmup *= 1.8;
    for (const double leak : {0.0, 2000.0}) {
      CAPTURE(leak);
      const auto later = judged(recipe, leak, 7, ends);
      CAPTURE(later.reason);
      CHECK(later.verdict == (leak > 0 ? Verdict::leaking : Verdict::clean));
      CHECK(later.decided_at_s > 40);
    }
  }
  TEST_CASE("the same input gives the same answer") {
    const auto one = judged({}, 1500, 9, ends_of({}, 2000));
    const auto two = judged({}, 1500, 9, ends_of({}, 2000));
    CHECK(one.lambda == two.lambda);
    CHECK(one.decided_at_s == two.decided_at_s);
    CHECK(one.reason == two.reason);
  }
  TEST_CASE("a larger leak is decided no later, more noise gives no smaller error") {
    Recipe noisy;
    noisy.ar_sd = 300e3;
    noisy.steps_sd = 300e3;
    const auto large = judged(noisy, 20000, 5, ends_of(noisy, 20000));
    const auto small = judged(noisy, 2500, 5, ends_of(noisy, 2500));
    CHECK(large.verdict == Verdict::leaking);
    CHECK(large.decided_at_s <= small.decided_at_s);
    const auto quiet_ends = ends_of({}, 4000);
    const auto noisy_ends = ends_of(noisy, 4000);
    CHECK(noisy_ends->separated_at_s() >= quiet_ends->separated_at_s());
    Recipe run;
    run.leak = 4000;
    CHECK(noisy_ends->judge(make(run)).se >= quiet_ends->judge(make(run)).se);
  }
  TEST_CASE("half the leak is between the ends, and its place is the report") {
    const auto half = judged({}, 1000, 5, ends_of({}, 2000));
    CHECK(half.verdict == Verdict::undecided);
    CHECK(half.final);
    CHECK(half.lambda == doctest::Approx(0.5).epsilon(0.1));
    CHECK(says(half.reason, "between the two ends"));
    Options counts;
    counts.smallest_slope = 500;
    CHECK(judged({}, 1000, 5, ends_of({}, 2000, counts), counts).verdict == Verdict::leaking);
  }
  TEST_CASE("a cache that fills and stops is never called a leak") {
    Recipe cache;
    cache.cache = 60e6;
    cache.cache_s = 20;
    for (const double leak : {500.0, 2000.0}) {
      const auto decision = judged(cache, 0, 5, ends_of({}, leak));
      CHECK(decision.verdict != Verdict::leaking);
    }
  }
  TEST_CASE("a leak far larger than the leaking end is a leak when it lasts") {
    const auto decision = judged({}, 12000, 5, ends_of({}, 2000));
    CHECK(decision.verdict == Verdict::leaking);
    CHECK(decision.decided_at_s > 50);
    Options hurried;
    hurried.t_max_s = 10;
    CHECK(judged({}, 12000, 5, ends_of({}, 2000), hurried).verdict == Verdict::undecided);
  }
  TEST_CASE("a plain leak of a slow server needs no three hundred requests, and has the time") {
    const auto pages = [](double leak, unsigned seed, double seconds) {
      Recipe recipe;
      recipe.rate = 20;
      recipe.leak = leak;
      recipe.seed = seed;
      recipe.seconds = seconds;
      return make(recipe);
    };
    Options options;
    options.t_max_s = 60;
    const auto ends = Ends::calibrate({pages(0, 1, 30)}, {pages(400e3, 2, 30)}, options);
    REQUIRE(ends.has_value());
    for (const double leak : {0.0, 400e3}) {
      const Decision decision = replay(pages(leak, 3, 30), *ends, options);
      CAPTURE(decision.reason);
      CHECK(decision.verdict == (leak > 0 ? Verdict::leaking : Verdict::clean));
      CHECK(decision.decided_at_requests < 300);
      CHECK(decision.decided_at_s < (*ends)->limit_s());
    }
  }

  TEST_CASE("restarts add up: each generation is judged from its own start") {
    Recipe recipe;
    recipe.restart_s = 15;
    recipe.warmup = 5e6;
    const auto ends = ends_of(recipe, 4000);
    const auto leaking = judged(recipe, 4000, 5, ends);
    CHECK(leaking.verdict == Verdict::leaking);
    CHECK(judged(recipe, 0, 6, ends).verdict == Verdict::clean);
    recipe.leak = 4000;
    CHECK(says(ends->judge(make(recipe)).reason, "restarted 3 times"));
  }
  TEST_CASE("without requests growth is counted by the second when asked") {
    Options options;
    options.per_second = true;
    auto clean = make({});
    Recipe leaky;
    leaky.leak = 2000;
    leaky.seed = 3;
    auto leaking = make(leaky);
    leaky.seed = 4;
    auto run = make(leaky);
    for (auto* series : {&clean, &leaking, &run})
      for (auto& sample : *series) sample.requests = 0;
    const auto ends = Ends::calibrate({clean}, {leaking}, options);
    REQUIRE(ends);
    CHECK((*ends)->delta() == doctest::Approx(400e3).epsilon(0.05));
    const auto decision = replay(run, *ends, options);
    CHECK(decision.verdict == Verdict::leaking);
    CHECK(says(decision.reason, "B/s"));
    CHECK(says(refusal(clean, leaking), "does not grow faster"));
  }
  TEST_CASE("several runs of an end may be given") {
    Recipe leaky;
    leaky.leak = 2000;
    std::vector<Series> clean;
    std::vector<Series> leaking;
    for (unsigned seed = 1; seed <= 3; ++seed) {
      Recipe calm;
      calm.seed = seed;
      calm.seconds = 20.0 + 10 * seed;
      clean.push_back(make(calm));
      leaky.seed = seed + 10;
      leaking.push_back(make(leaky));
    }
    const auto ends = Ends::calibrate(clean, leaking, {});
    REQUIRE(ends);
    CHECK((*ends)->delta() == doctest::Approx(2000).epsilon(0.03));
    CHECK(judged({}, 0, 50, *ends).verdict == Verdict::clean);
    CHECK(judged({}, 2000, 51, *ends).verdict == Verdict::leaking);
  }
  TEST_CASE("ends that cannot be told apart are refused, with advice") {
    Recipe loud;
    loud.ar_sd = 3e6;
    loud.steps_sd = 3e6;
    Recipe louder = loud;
    louder.leak = 50;
    louder.seed = 2;
    const auto reason = refusal(make(loud), make(louder));
    CHECK((says(reason, "higher request rate") || says(reason, "run the controls longer")));
    Recipe leaky;
    leaky.leak = 2000;
    CHECK(says(refusal(make(leaky), make({})), "does not grow faster"));
    Options other;
    other.metric = Metric::rss;
    CHECK(says(refusal(make({}), make(leaky), other), "rss"));
  }
  TEST_CASE("degenerate input is answered") {
    CHECK(says(refusal({}, make({})), "clean"));
    CHECK(says(refusal(make({}), {}), "leaking"));
    CHECK(!refusal({Sample{}}, {Sample{}}).empty());
    CHECK(!refusal(make({}), make({})).empty());
    const auto ends = ends_of({}, 2000);
    CHECK(ends->judge({}).verdict == Verdict::undecided);
    CHECK(replay({}, ends, {}).verdict == Verdict::undecided);
    CHECK(replay({Sample{}}, ends, {}).final);
    auto hollow = make({});
    for (auto& sample : hollow) sample.at(Metric::anon) = std::nan("");
    CHECK(replay(hollow, ends, {}).verdict == Verdict::undecided);
    auto idle = make({});
    for (auto& sample : idle) sample.requests = 0;
    CHECK(replay(idle, ends, {}).verdict == Verdict::undecided);
  }
}
