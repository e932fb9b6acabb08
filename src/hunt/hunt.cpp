#include "hunt/hunt.hpp"

#include "hunt/ahead/build_ahead.hpp"
#include "hunt/answer/advice.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/answer/commit_standing.hpp"
#include "hunt/answer/left.hpp"
#include "hunt/answer/report_files.hpp"
#include "hunt/answer/sure_part.hpp"
#include "hunt/answer/trial_lines.hpp"
#include "hunt/begin.hpp"
#include "hunt/beyond/filling.hpp"
#include "hunt/beyond/followed.hpp"
#include "hunt/beyond/other_commits.hpp"
#include "hunt/beyond/other_kinds.hpp"
#include "hunt/beyond/step_answer.hpp"
#include "hunt/beyond/witness.hpp"
#include "hunt/ends/controls.hpp"
#include "hunt/ends/needed_units.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "hunt/proof/claims.hpp"
#include "hunt/search/clean_search.hpp"
#include "hunt/search/searched_space.hpp"
#include "hunt/wishes.hpp"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace leakbisect::hunt {

namespace asio = boost::asio;
namespace {
class Hunt {
 public:
  Hunt(Parts parts, const asio::any_io_executor& io)
      : parts_(parts),
        space_(searched_space(parts.hunt, parts.source, parts.journal.header().confidence)),
        before_s_(parts.journal.seconds_spent()),
        trials_(io, parts.executor, parts.journal, parts.journal.header().budget_s - before_s_,
                trials_before(parts.journal)),
        context_(parts.hunt, space_, trials_, parts.directory,
                 {parts.load, [this](const std::string& warning) { warn(warning); },
                  parts.source.good_end_name(), &ahead_}),
        drills_({context_, parts.source, parts.terminal, model_, opened_, [this] { save(); }}) {
    model_ = begun_model(parts);
    lines_.shape.slots = parts.executor.slots();
    lines_.shape.drills = parts.hunt.search.drill && model_.kind == "commit";
    model_.trials = trials_.finished();
    trials_.on_finished = [this](const trial::Record& record) { on_finished(record); };
  }

  Trials& trials() { return trials_; }

  asio::awaitable<Result<report::Model>> run() {
    if (auto made = renew_strategy(); !made) co_return made.error();
    for (const std::string& warning : parts_.source.warnings()) warn(warning);
    parts_.terminal.note(fmt::format("{} units; controls at both ends first", space_.size()));
    lines_.say(model_);
    if (ahead_.is_making() && !trials_.replaying())
      ahead_.want(wanted_at_first(space_, rehearsal()));
    Controls controls = co_await measure_controls(context_);
    judge_controls(model_, controls, context_.seen_as());
    fillings_.note(controls);
    if (!controls.needed.empty()) {
      keep_on(space_, controls.needed);
      if (auto made = renew_strategy(); !made) co_return made.error();
    }
    if (controls.result == Controls::Result::apart) {
      co_await search(controls);
      const KindParts kinds{context_, controls, parts_.source, parts_.terminal, model_};
      co_await look_at_other_kinds(kinds);
      note_followed(model_, context_, controls);
      if (parts_.witness) co_await look_at_lines(context_, controls, parts_.terminal, model_);
    } else if (controls.result != Controls::Result::halted) {
      warn(controls.warning);  // they are the answer: there is nothing to search
      conclude_controls(model_, controls);
      concluded_ = true;
    }
    co_await parts_.executor.finish();
    lines_.say(model_);
    if (trials_.halt() == Halt::failed) co_return fail("{}", trials_.failure());
    conclude_end(model_, parts_.source, space_, concluded_ ? Halt::none : trials_.halt());
    if (parts_.journal.read_only())
      model_.wall_seconds = before_s_;
    else if (auto written = files_.write(model_); !written)
      co_return written.error();
    co_return model_;
  }

 private:
  Result<> renew_strategy() {
    auto made = make_strategy(model_.strategy, space_, model_.seed, exec_place_of(parts_));
    if (!made) return made.error();
    strategy_ = std::move(*made);
    return {};
  }

  // Nothing where nobody builds what it foresees.
  [[nodiscard]] std::optional<Rehearsal> rehearsal() const {
    if (!ahead_.is_making()) return std::nullopt;
    return rehearsal_of_hunt(space_, model_.strategy, model_.seed);
  }

  asio::awaitable<void> search(Controls& controls) {
    warn(controls.warning);
    expect_proof(lines_.shape, controls);
    if (const auto said = controls.judge->words(controls); !said.empty())
      parts_.terminal.note(said);
    Search search(context_, controls, *strategy_, trial::Purpose::search, rehearsal());
    search.weighs_builds = true;
    search.on_told = [this](const auto& record) { hear(strategy_->belief(), record.id); };
    search.tell_ends();
    search.tell_beside();
    fillings_.tell_before(controls, search);
    if (context_.clean_builds()) tell_of_clean_builds(search, trials_.finished());
    auto answer = co_await search.run();
    lines_.say(model_);
    if (answer && search.is_at_part()) {
      SurePart part({context_, controls, parts_.source, parts_.terminal, model_, concluded_,
                     [this] { save(); }});
      answer = co_await part.prove_first(search, *answer);
    }
    if (!answer && concluded_) co_await goes_beyond(controls, Step{});
    if (!answer) co_return;
    warn(note_exec_failure(model_, parts_.source, *strategy_, *answer));
    conclude_answer(model_, parts_.source, controls, *answer);
    concluded_ = true;
    if (answer->kind != strategies::AnswerKind::culprit) co_return;
    answer = narrowed(space_, *answer, trials_.finished(), controls, strategy_->probabilities());
    concluded_ = co_await standing_.tell_class_apart(controls, *strategy_, *answer);
    if (!concluded_) co_return;
    // Its first builds are made while the proof is measured, after those of the proof.
    const units::Inside* inside = standing_.is_mute(*answer) ? nullptr : drills_.open(*answer);
    if (inside == nullptr || !inside->source) lines_.shape.drills = false;
    if (inside != nullptr && ahead_.is_making())
      ahead_.want(wanted_for_proof(space_, *answer, *inside, model_.seed));
    const Step step = co_await check(controls, *answer);
    if (!concluded_ || co_await goes_beyond(controls, step)) co_return;
    standing_.hear_proof(controls, *strategy_, *answer, step);
    conclude_step(model_, controls, step);
    if (!context_.clean_builds() && was_misled(model_.proof, trials_.finished()))
      co_return co_await search_cleanly(controls);
    if (model_.result != report::HuntResult::culprit) co_return;
    co_await fillings_.name(controls, [this](const auto& id) { hear(strategy_->belief(), id); });
    co_await drills_.look(controls, step, *answer);
    if (!step.is_whole()) co_await look_beside(controls, step, *answer);
    conclude_rest(model_, trials_.halt());
  }

  asio::awaitable<void> search_cleanly(Controls& controls) {  // by trials on clean builds
    warn(misled_warning);
    context_.build_cleanly();
    if (auto made = renew_strategy(); !made) co_return warn(made.error().message);
    model_.culprits.clear();
    model_.advice.clear();
    model_.proof = {};
    co_await search(controls);
  }

  // True where something fills up in what was found: the hunt is over, by what goes on after it.
  asio::awaitable<bool> goes_beyond(Controls& controls, const Step& step) {
    const auto beyond = co_await fillings_.watch(controls, step);
    if (!beyond) co_return false;
    concluded_ = false;
    warn(fillings_.begin_again(*beyond));
    controls = *beyond;
    judge_controls(model_, controls, context_.seen_as());
    if (controls.result == Controls::Result::apart && renew_strategy()) co_await search(controls);
    concluded_ = fillings_.settle(*beyond, concluded_);
    co_return true;
  }

  asio::awaitable<void> look_beside(const Controls& controls, const Step& step,
                                    const strategies::Answer& answer) {
    const Stretch whole = whole_stretch(space_);  // of which the culprit makes a part only
    std::vector<Stretch> left = rest_of(space_, whole, answer, step, trials_.finished(), controls);
    OtherParts parts{context_,      space_,          controls,    drills_,
                     parts_.source, parts_.terminal, model_.seed, {}};
    parts.on_told = [this](const auto& belief, const auto& trial) { hear(belief, trial); };
    if (parts_.hunt.search.others) left = co_await find_others(parts, std::move(left), model_);
    if (trials_.halt() == Halt::none) advise_on(model_, parts_.source, controls, left);
  }

  void hear(const strategies::Belief& belief, const std::string& trial) {
    note_belief(model_, parts_.source, belief, trial);
    lines_.say(model_);
    save();
  }

  void warn(const std::string& warning) {
    if (warning.empty()) return;
    model_.warnings.push_back(warning);
    parts_.terminal.warn(warning);
  }

  asio::awaitable<Step> check(const Controls& controls, const strategies::Answer& answer) {
    parts_.terminal.note("proof: the culprit off and on again");
    save();
    concluded_ = false;  // cut short: an answer without its proof is none yet
    const auto step = co_await controls.judge->prove(context_, controls, answer, model_);
    concluded_ = step.has_value();
    co_return step.value_or(Step{});  // what the culprit makes of the leak
  }

  void on_finished(const trial::Record& record) {
    lines_.say(model_);
    note_trial(model_, parts_.source, record);
    if (!record.build_spoilt.empty() && !std::exchange(spoilt_said_, true))
      warn(spoilt_warning(record));
    // A trial of the search is said and written once the strategy has been told of it.
    if (record.purpose == trial::Purpose::search) return;
    lines_.say(model_);
    save();
  }

  void save() {
    if (trials_.replaying() || parts_.journal.read_only()) return;
    if (model_.running && !concluded_) {
      model_.left = left_of(model_, parts_.source, space_);
      conclude_running(model_);
    }
    if (auto written = files_.write(model_); !written)
      parts_.terminal.warn(written.error().message);
  }

  Parts parts_;
  strategies::SearchSpace space_;
  double before_s_;
  std::list<units::Inside> opened_;  // outlives the trials of its units
  Trials trials_;
  BuildAhead ahead_{space_, parts_.executor, parts_.journal, trials_};
  HuntContext context_;
  report::Model model_;
  CommitDrills drills_;
  Fillings fillings_{context_, parts_.source, model_};
  CommitStanding standing_{context_, parts_.source, model_, opened_};
  ReportFiles files_{parts_.directory, before_s_};
  std::unique_ptr<strategies::Strategy> strategy_;
  bool spoilt_said_ = false;
  TrialLines lines_{parts_.terminal, trials_, parts_.journal.read_only(), before_s_};
  bool concluded_ = false;
};

}  // namespace

asio::awaitable<Result<report::Model>> hunt(Parts parts, Interrupt& interrupt) {
  const auto io = co_await asio::this_coro::executor;
  Hunt hunt(parts, io);
  interrupt.on_raise([&hunt] { hunt.trials().stop(Halt::interrupted); });
  if (interrupt.raised()) hunt.trials().stop(Halt::interrupted);
  co_return co_await hunt.run();
}

}  // namespace leakbisect::hunt
