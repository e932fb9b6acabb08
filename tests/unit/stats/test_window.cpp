#include "stats/shares.hpp"
#include "stats/window.hpp"
#include "unit/stats/synthetic.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::stats;

namespace {

constexpr double rate = 200;

// A window under full load whose requests cost `leak` bytes each.
Series window(double leak, double seconds, unsigned seed) {
  synthetic::Recipe recipe;
  recipe.seconds = seconds;
  recipe.rate = rate;
  recipe.leak = leak;
  recipe.seed = seed;
  return synthetic::make(recipe);
}

WindowOptions at_rate() {
  WindowOptions options;
  options.rate = rate;
  return options;
}

WindowReport compare(double on, double off, double seconds) {
  return compare_windows({window(on, seconds, 1), window(on, seconds, 4)},
                         {window(off, seconds, 2), window(off, seconds, 3)}, at_rate());
}

}  // namespace

TEST_SUITE("windows of one server") {
  TEST_CASE("what the load adds is what the loaded windows grow over the idle ones") {
    const WindowReport report = compare(1000, 50, 8);
    CHECK(report.state == WindowState::apart);
    CHECK(report.ends.full / rate == doctest::Approx(950).epsilon(0.1));
    CHECK(report.ends.idle / rate == doctest::Approx(50).epsilon(0.5));
    CHECK(report.ends.full_se > 0);
    CHECK(report.ends.metric == Metric::anon);
  }

  TEST_CASE("where requests add nothing it is flat, or it grows by itself") {
    CHECK(compare(0, 0, 20).state == WindowState::flat);
    CHECK(compare(1000, 1000, 20).state == WindowState::by_itself);
  }

  TEST_CASE("memory that is given back when nothing is sent is no leak") {
    const WindowReport report = compare(1000, -900, 8);
    CHECK(report.state == WindowState::unclear);
    CHECK(report.reason.find("on loan") != std::string::npos);
  }

  TEST_CASE("growth that slows down from window to window is no leak yet") {
    const WindowReport report = compare_windows({window(2000, 8, 1), window(500, 8, 4)},
                                                {window(0, 8, 2), window(0, 8, 3)}, at_rate());
    CHECK(report.state != WindowState::apart);
  }

  TEST_CASE("a window is placed between the ends, and parts of the load add up") {
    const WindowEnds ends = compare(1000, 0, 8).ends;
    const Decision all = judge_window(ends, window(1000, 10, 7));
    const Decision none = judge_window(ends, window(0, 10, 8));
    const Decision third = judge_window(ends, window(333, 10, 9));
    const Decision rest = judge_window(ends, window(667, 10, 10));
    CHECK(all.verdict == Verdict::leaking);
    CHECK(none.verdict == Verdict::clean);
    CHECK(third.verdict == Verdict::leaking);
    CHECK(all.lambda == doctest::Approx(1).epsilon(0.15));
    CHECK(third.slope + rest.slope == doctest::Approx(all.slope).epsilon(0.15));
    CHECK(third.slope_se > 0);
    CHECK(all.final);
    CHECK(none.final);
  }

  TEST_CASE("a longer window is surer, and none is judged before three seconds") {
    const WindowEnds ends = compare(1000, 0, 8).ends;
    const WindowSlope brief = window_slope(ends, window(300, 4, 5));
    const WindowSlope longer = window_slope(ends, window(300, 16, 5));
    CHECK(longer.se < brief.se);
    const Decision early = judge_window(ends, window(1000, 2.5, 5));
    CHECK(early.verdict == Verdict::undecided);
    CHECK(!early.final);
    CHECK(judge_window(ends, {}).verdict == Verdict::undecided);
  }

  TEST_CASE("a window that is not decided says why, and what would decide it") {
    const WindowEnds ends = compare(1000, 0, 8).ends;
    Series noisy = window(0, 4, 11);
    for (std::size_t i = 0; i < noisy.size(); ++i)
      noisy[i].at(Metric::anon) += (i / 5) % 2 == 0 ? 4e5 : 0;
    const Decision open = judge_window(ends, noisy);
    REQUIRE(open.verdict == Verdict::undecided);
    CAPTURE(open.reason);
    CHECK(open.reason.find("between none and") != std::string::npos);
    CHECK(open.reason.find(" would decide") != std::string::npos);
    Series sparse = window(1000, 8, 12);
    WindowEnds settled = ends;
    settled.metric = Metric::settled;
    for (const std::size_t i : {5U, 30U}) sparse[i].at(Metric::settled) = 1e6;
    const Decision few = judge_window(settled, sparse);
    CHECK(few.verdict == Verdict::undecided);
    CHECK(few.reason ==
          "2 readings of settled in this window, and 4 are needed: raise limits.trial, or collect "
          "oftener (memory.settle.every)");
  }

  TEST_CASE("windows with too few readings after a collection are made longer") {
    const auto collected = [](double leak, double seconds, unsigned seed) {
      Series run = window(leak, seconds, seed);
      for (std::size_t i = 0; i < run.size(); i += 20)  // every 2 s
        run[i].at(Metric::settled) = 1e6 + leak * run[i].requests;
      return run;
    };
    const auto compared = [&](double seconds) {
      return compare_windows({collected(1000, seconds, 1), collected(1000, seconds, 4)},
                             {collected(0, seconds, 2), collected(0, seconds, 3)}, at_rate());
    };
    CHECK(compared(4).state == WindowState::unclear);
    CHECK(compared(4).reason == "too few readings after a collection in a window");
    CHECK(compared(16).state == WindowState::apart);
    CHECK(compared(16).ends.metric == Metric::settled);
    CHECK(compared(16).ends.length_s >= 10);  // six readings
  }

  TEST_CASE("readings too few for a line are said to be so") {
    const WindowReport report = compare_windows({window(1000, 0.3, 1), window(1000, 0.3, 4)},
                                                {window(0, 0.3, 2), window(0, 0.3, 3)}, at_rate());
    CHECK(report.state == WindowState::unclear);
    CHECK(report.reason == "too few readings of memory in a window");
  }
}

TEST_SUITE("slopes of causes") {
  TEST_CASE("causes that add up are told apart, each with its error") {
    const auto causes =
        slopes_of_causes({{{1, 1}, 30, 1}, {{1, 0}, 10, 1}, {{0, 1}, 20, 1}, {{0, 0.5}, 10, 1}});
    REQUIRE(causes);
    CHECK((*causes)[0].slope == doctest::Approx(10));
    CHECK((*causes)[1].slope == doctest::Approx(20));
    CHECK((*causes)[0].se > 0);
  }

  TEST_CASE("causes that are always there together cannot be told apart") {
    CHECK(!slopes_of_causes({{{1, 1}, 30, 1}, {{2, 2}, 60, 1}, {{3, 3}, 90, 1}}));
    CHECK(!slopes_of_causes({{{1, 0}, 30, 1}}));
    CHECK(!slopes_of_causes({}));
  }

  TEST_CASE("rows that disagree by more than their errors widen the answer's") {
    const auto agree = slopes_of_causes({{{1}, 10, 1}, {{1}, 10.5, 1}, {{1}, 9.5, 1}});
    const auto disagree = slopes_of_causes({{{1}, 10, 1}, {{1}, 20, 1}, {{1}, 0, 1}});
    REQUIRE(agree);
    REQUIRE(disagree);
    CHECK((*disagree)[0].se > 3 * (*agree)[0].se);
  }
}
