#include "hunt/drill.hpp"

#include "hunt/drill_origin.hpp"
#include "hunt/drill_proof.hpp"
#include "hunt/search.hpp"

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Answer;
using strategies::AnswerKind;
using strategies::Configuration;
using strategies::UnitIndex;

namespace {

// Beyond these, a rehearsal would keep the proof waiting.
constexpr std::size_t most_rehearsed_hunks = 64;

// "FILE, lines 3 to 9" of "FILE:3-9".
std::string place_of(const std::string& unit) {
  const auto colon = unit.rfind(':');
  if (colon == std::string::npos) return unit;
  const std::string lines = unit.substr(colon + 1);
  const auto dash = lines.find('-');
  if (dash == std::string::npos || lines.find_first_not_of("0123456789-") != std::string::npos)
    return unit;
  const std::string first = lines.substr(0, dash);
  const std::string last = lines.substr(dash + 1);
  if (first == last) return fmt::format("{}, line {}", unit.substr(0, colon), first);
  return fmt::format("{}, lines {} to {}", unit.substr(0, colon), first, last);
}

Rehearsal hunk_rehearsal(const strategies::StrategyInfo& info, const strategies::SearchSpace& space,
                         std::uint64_t seed) {
  const auto after = [&space](const Answer& answer) { return drill_configurations(space, answer); };
  return rehearsal_of(space, info, seed, after);
}

class Drilling {
 public:
  Drilling(DrillParts& parts, const units::Inside& inside, report::Drill& drill)
      : parts_(parts),
        space_(inside.source->space()),
        source_(*inside.source),
        is_merge_(inside.is_merge),
        context_{.hunt = parts.context.hunt,
                 .space = space_,
                 .trials = parts.context.trials,
                 .directory = parts.context.directory,
                 .needs_ends = parts.context.needs_ends,
                 .source = inside.source.get(),
                 .build_ahead = wishes_for(inside.source.get())},
        drill_(drill) {}

  asio::awaitable<void> run() {
    auto answer = co_await search_by(strategies::default_strategy(space_));
    // A part that cannot be tested without another may be beyond the default: halving needs no
    // model of that.
    const strategies::StrategyInfo* const halving = strategies::find_strategy("split");
    if (answer && answer->kind == AnswerKind::undecided && drill_.strategy != halving->name)
      answer = co_await search_by(*halving);
    if (!answer) {
      halted();
      co_return;
    }
    conclude(*answer);
    if (answer->kind != AnswerKind::culprit) co_return;
    parts_.on_change();
    drill_.proof = co_await prove_hunks(context_, parts_.controls, *answer, is_merge_);
    if (!drill_.proof.done) co_return halted();
    if (!drill_.proof.holds) {
      drill_.result = "undecided";
      drill_.confidence = 0;
      drill_.sentence = "Not proven: " + drill_.sentence;
    }
  }

 private:
  asio::awaitable<std::optional<Answer>> search_by(const strategies::StrategyInfo& info) {
    const std::unique_ptr<strategies::Strategy> former = std::move(strategy_);
    const std::unique_ptr<Search> before = std::move(search_);
    strategy_ = info.make(space_, parts_.seed);
    drill_.strategy = info.name;
    search_ = std::make_unique<Search>(context_, parts_.controls, *strategy_, trial::Purpose::drill,
                                       hunk_rehearsal(info, space_, parts_.seed));
    search_->on_told = [this](const trial::Record&) {
      drill_.ranking.clear();
      for (const auto& [unit, probability] : strategy_->belief().ranking)
        drill_.ranking.emplace_back(space_.names[unit], probability);
      parts_.on_change();
    };
    // What git makes of two sides by itself no trial has seen yet.
    if (before)
      search_->tell_all_of(*before);
    else
      search_->tell_ends(is_merge_ ? Search::Ends::bad : Search::Ends::both);
    co_return co_await search_->run();
  }

  [[nodiscard]] std::function<void(std::vector<Configuration>)> wishes_for(
      units::UnitSource* source) const {
    if (!parts_.context.build_ahead) return nullptr;
    return [this, source](const std::vector<Configuration>& wanted) {
      std::vector<executor::Likely> wishes;
      wishes.reserve(wanted.size());
      for (const Configuration& configuration : wanted) wishes.push_back({source, configuration});
      parts_.build_ahead(std::move(wishes));
    };
  }

  void halted() {
    const bool spent = parts_.context.trials.halt() == Halt::budget;
    drill_.result = spent ? "budget" : "interrupted";
    drill_.sentence = fmt::format("{} before its hunks were told apart and proven.",
                                  spent ? "The budget was spent" : "The hunt was interrupted");
  }

  void conclude(const Answer& answer) {
    drill_.confidence = answer.confidence;
    drill_.result = "undecided";
    if (answer.kind == AnswerKind::culprit) {
      name_culprits(answer);
    } else if (answer.kind == AnswerKind::good_end_leaks && is_merge_) {
      drill_.result = "merge";
      drill_.sentence =
          is_fix()
              ? "It is a merge, and flat without what was changed by hand in it: its two sides "
                "end the leak only together."
              : "It is a merge, and leaks without what was changed by hand in it: its two "
                "sides leak only together.";
    } else {
      drill_.sentence = "Its hunks could not be told apart. " + answer.reason;
    }
  }

  void name_culprits(const Answer& answer) {
    drill_.result = "hunk";
    std::string places;
    for (const strategies::Culprit& culprit : answer.culprits) {
      report::CulpritRow row;
      row.unit = space_.names[culprit.units.front()];
      row.description = source_.describe(culprit.units.front());
      row.probability = culprit.probability;
      row.slope = parts_.controls.leak_slope;
      row.slope_se = parts_.controls.leak_slope_se;
      std::string together;
      for (const UnitIndex unit : culprit.units) {
        if (culprit.units.size() > 1) row.together.push_back(space_.names[unit]);
        together += (together.empty() ? "" : " together with ") + place_of(space_.names[unit]);
        drill_.hunks.push_back({space_.names[unit], source_.describe(unit), source_.text(unit)});
      }
      if (culprit.units.size() == 1)
        for (const UnitIndex unit : culprit.equivalents)
          row.equivalents.push_back(space_.names[unit]);
      places += (places.empty() ? "" : is_fix() ? ", and in " : ", and from ") + together;
      drill_.culprits.push_back(std::move(row));
    }
    drill_.sentence = fmt::format(
        "{}, {} {}.", is_merge_ ? "Of what was changed by hand in this merge" : "Inside the commit",
        is_fix() ? "the fix is in" : "the leak comes from", places);
  }

  [[nodiscard]] bool is_fix() const { return parts_.controls.find == config::Find::fix; }

  DrillParts& parts_;
  const strategies::SearchSpace& space_;
  const units::UnitSource& source_;
  bool is_merge_;
  HuntContext context_;
  report::Drill& drill_;
  std::unique_ptr<strategies::Strategy> strategy_;
  std::unique_ptr<Search> search_;
};

// One hunk is the commit.
void conclude_whole(report::Drill& drill, const units::UnitSource& source, double confidence) {
  drill.result = "hunk";
  drill.confidence = confidence;
  report::CulpritRow row;
  row.unit = source.space().names.front();
  row.description = source.describe(0);
  row.probability = confidence;
  drill.culprits.push_back(row);
  drill.hunks.push_back({row.unit, row.description, source.text(0)});
  drill.sentence =
      fmt::format("Inside the commit there is only {}.", place_of(source.space().names.front()));
}

}  // namespace

bool can_drill(const strategies::SearchSpace& space, const Answer& answer) {
  return space.shape == strategies::Shape::history && answer.kind == AnswerKind::culprit &&
         answer.culprits.size() == 1 && answer.culprits.front().units.size() == 1 &&
         answer.culprits.front().equivalents.size() <= 1;
}

std::vector<Configuration> first_drills(const units::Inside& inside, std::uint64_t seed) {
  if (!inside.source) return {};
  const strategies::SearchSpace& space = inside.source->space();
  if (space.size() < 2 || space.size() > most_rehearsed_hunks) return {};
  return first_asks(hunk_rehearsal(strategies::default_strategy(space), space, seed),
                    inside.is_merge ? Search::Ends::bad : Search::Ends::both);
}

asio::awaitable<void> drill(DrillParts parts, UnitIndex commit, double confidence,
                            const units::Inside& inside, report::Model& model) {
  if (!inside.source && !inside.is_merge) co_return;
  report::Drill& found = model.drills.emplace_back();
  found.commit = parts.source.space().names[commit];
  if (!inside.source) {
    found.result = "merge";
    found.sentence = "Not searched further: " + inside.why_not + ".";
    co_return;
  }
  found.units = inside.source->space().size();
  if (found.units == 1 && !inside.is_merge) {
    conclude_whole(found, *inside.source, confidence);
    co_await find_origin(parts.context, parts.upon_good, inside, found);
    co_return;
  }
  parts.terminal.note(fmt::format("inside the commit: {} hunks", found.units));
  Drilling drilling(parts, inside, found);
  co_await drilling.run();
  if (found.proof.holds) co_await find_origin(parts.context, parts.upon_good, inside, found);
}

}  // namespace leakbisect::hunt
