#include "base/files.hpp"
#include "fakes.hpp"
#include "hunt/ends/controls.hpp"
#include "hunt/ends/judges.hpp"
#include "hunt/proof/steps.hpp"
#include "tests/unit/stats/synthetic.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::hunt;
using namespace leakbisect::test;
namespace synthetic = leakbisect::stats::synthetic;
using stats::Verdict;
using trial::Purpose;

namespace {

constexpr double leak = 1000;  // bytes per request
constexpr double rate = 200;

stats::Series run_of(double slope, double seconds, unsigned seed) {
  synthetic::Recipe recipe;
  recipe.seconds = seconds;
  recipe.rate = rate;
  recipe.leak = slope;
  recipe.seed = seed;
  return synthetic::make(recipe);
}

std::shared_ptr<const stats::Ends> two_curves() {
  auto ends = stats::Ends::calibrate({run_of(0, 30, 1)}, {run_of(leak, 30, 2)}, {});
  REQUIRE(ends.has_value());
  return *ends;
}

stats::WindowEnds two_windows() {
  stats::WindowOptions options;
  options.rate = rate;
  return stats::compare_windows({run_of(leak, 8, 1), run_of(leak, 8, 4)},
                                {run_of(0, 8, 2), run_of(0, 8, 3)}, options)
      .ends;
}

strategies::Outcome answer(Verdict verdict, double llr) {
  strategies::Outcome outcome;
  outcome.kind = strategies::OutcomeKind::measured;
  outcome.verdict =
      verdict == Verdict::leaking ? strategies::Verdict::leaking : strategies::Verdict::clean;
  outcome.llr = llr;
  return outcome;
}

// A judge of each kind in the table: whoever adds a row adds one here.
std::shared_ptr<const Judge> judge_of(std::string_view kind, const strategies::SearchSpace& space) {
  if (kind == "curves") return judge_by_curves(two_curves());
  if (kind == "windows") return judge_by_windows(two_windows());
  if (kind == "survival") return judge_by_survival(500);
  if (kind == "answers")
    return judge_by_answers({{strategies::good_end(space), answer(Verdict::clean, -4.6)},
                             {strategies::bad_end(space), answer(Verdict::leaking, 4.6)}});
  FAIL("a kind without a test: ", kind);
  return nullptr;
}

// A hunt that nothing runs of.
struct Stage {
  TempFolder folder;
  FakeSource source{strategies::Shape::toggles, 4};
  FakeExecutor executor{source, folder.path, leaks_since(0)};
  config::HuntFile file;
  std::unique_ptr<Journal> journal;
  boost::asio::io_context io;
  std::unique_ptr<Trials> trials;

  Stage() {
    file.search.find = config::Find::leak;
    file.limits.trial_s = 60;
    auto made = Journal::create(folder.path, Header{});
    REQUIRE(made.has_value());
    journal = std::move(*made);
    trials = std::make_unique<Trials>(io.get_executor(), executor, *journal, 600);
  }

  HuntContext context() { return {file, source.space(), *trials, folder.path}; }

  Controls controls(std::string_view kind) {
    Controls between;
    between.result = Controls::Result::apart;
    between.leak_slope = leak;
    between.leak_slope_se = 0.02 * leak;
    between.trial_s = 30;
    between.good.requests = 4000;
    between.judge = judge_of(kind, source.space());
    return between;
  }

  // A finished trial that grows by `slope`, its samples beside it.
  trial::Record finished(double slope) {
    trial::Record record;
    record.id = "t1";
    record.kind = strategies::OutcomeKind::measured;
    record.decision.slope = slope;
    record.decision.slope_se = 0.05 * leak;
    std::string csv = stats::csv_header();
    for (const stats::Sample& sample : run_of(slope, 30, 7)) csv += stats::csv_line(sample);
    const auto at = trial::folder_of(folder.path, record.id);
    std::filesystem::create_directories(at);
    REQUIRE(write_atomic(at / "samples.csv", csv).has_value());
    return record;
  }
};

trial::Record judged(Verdict verdict, double llr) {
  trial::Record record;
  record.kind = strategies::OutcomeKind::measured;
  record.decision.verdict = verdict;
  record.decision.llr = llr;
  return record;
}

}  // namespace

TEST_SUITE("the table of judges") {
  TEST_CASE("each kind has a judge of its name, and says what it judges by") {
    Stage stage;
    for (const JudgeKind& kind : judge_kinds()) {
      CAPTURE(kind.name);
      CHECK(judge_of(kind.name, stage.source.space())->kind() == kind.name);
      CHECK(!kind.tells.empty());
      CHECK(static_cast<bool>(kind.measure_ends));
      CHECK(static_cast<bool>(kind.judge_ends));
    }
  }

  TEST_CASE("each kind plans a trial for each purpose, of what is asked for and as long") {
    Stage stage;
    const HuntContext context = stage.context();
    for (const JudgeKind& kind : judge_kinds()) {
      const Controls controls = stage.controls(kind.name);
      for (const Purpose purpose : {Purpose::search, Purpose::proof_on, Purpose::proof_off,
                                    Purpose::single, Purpose::drill}) {
        CAPTURE(kind.name);
        CAPTURE(trial::purpose_name(purpose));
        const auto wanted = strategies::without(stage.source.space(), {2});
        const trial::Plan plan = judged_plan(context, controls, purpose, wanted, "why", 12);
        CHECK(plan.purpose == purpose);
        CHECK(plan.configuration == wanted);
        CHECK(plan.why == "why");
        CHECK(plan.leak_slope == leak);
        CHECK(plan.max_load_s >= 12);
        // What answers by itself needs no rule; any other has one that waits.
        CHECK((plan.look != nullptr) == kind.has_samples);
        if (plan.look) CHECK(!plan.look(run_of(leak, 6, 9)).final);
      }
    }
  }

  TEST_CASE("each kind judges a finished trial again when the ends have moved") {
    Stage stage;
    const HuntContext context = stage.context();
    for (const JudgeKind& kind : judge_kinds()) {
      CAPTURE(kind.name);
      const Controls whole = stage.controls(kind.name);
      const trial::Record record = stage.finished(0.4 * leak);
      const auto between = whole.judge->again(context, whole, record);
      REQUIRE(between.has_value());
      CHECK(between->verdict != Verdict::leaking);
      // Of a step that ends where it is, it is the leak.
      const Controls step = within(whole, {0, 0.4}, 0.02);
      const auto again = step.judge->again(context, step, record);
      REQUIRE(again.has_value());
      CHECK(again->verdict == Verdict::leaking);
      CHECK(again->llr > between->llr);
    }
  }

  TEST_CASE("each kind knows what a proof costs and when it is shown") {
    Stage stage;
    const HuntContext context = stage.context();
    const Step whole;
    for (const JudgeKind& kind : judge_kinds()) {
      CAPTURE(kind.name);
      const Controls controls = stage.controls(kind.name);
      const Judge& judge = *controls.judge;
      CHECK(judge.proof_cost().trials >= 2);
      CHECK(judge.proof_cost().seconds >= judge.proof_length_s());
      const ToShow leaks{controls, whole, 0, Verdict::leaking};
      const trial::Record with = judged(Verdict::leaking, 4.6);
      const trial::Record against = judged(Verdict::clean, -4.6);
      CHECK(judge.shows(context, leaks, {with}) == true);
      // One against it may err: another trial tells, and in the end there is an answer.
      CHECK(!judge.shows(context, leaks, {against}).has_value());
      CHECK(judge.shows(context, leaks, {against, against, against}) == false);
    }
  }

  TEST_CASE("trials of one configuration decide together") {
    Stage stage;
    for (const JudgeKind& kind : judge_kinds()) {
      CAPTURE(kind.name);
      const Controls controls = stage.controls(kind.name);
      stats::Decision one = judged(Verdict::undecided, 3).decision;
      one.lambda = 1;
      one.se = 0.15;
      one.slope = leak;
      one.slope_se = 0.15 * leak;
      CHECK(controls.judge->together({one}, {}).verdict == Verdict::undecided);
      CHECK(controls.judge->together({one, one}, {}).verdict == Verdict::leaking);
    }
  }

  TEST_CASE("who reads memory says by which metric, and how far apart the ends are") {
    Stage stage;
    CHECK(stage.controls("curves").judge->words(stage.controls("curves")).find("the ends are") ==
          0);
    CHECK(stage.controls("windows").judge->words(stage.controls("windows")).find("the load") == 0);
    for (const JudgeKind& kind : judge_kinds()) {
      CAPTURE(kind.name);
      const Controls controls = stage.controls(kind.name);
      CHECK(controls.judge->words(controls).empty() == !controls.judge->metric().has_value());
      CHECK(controls.judge->tells_parts() == (controls.judge->curves() != nullptr));
    }
  }

  TEST_CASE("only an oracle's ends are evidence, for only an oracle errs often") {
    Stage stage;
    for (const JudgeKind& kind : judge_kinds()) {
      CAPTURE(kind.name);
      const auto judge = judge_of(kind.name, stage.source.space());
      CHECK(judge->end_answers().empty() == !judge->errs_often());
      CHECK(judge->errs_often() == !kind.has_samples);
    }
  }

  TEST_CASE("a hunt takes the first row that is for it") {
    config::HuntFile file;
    CHECK(judge_kind_for(file, true).name == "curves");
    CHECK(judge_kind_for(file, false).name == "answers");
    file.units = config::RouteUnits{};
    CHECK(judge_kind_for(file, true).name == "windows");
  }
}
