#include "hunt/search/search.hpp"

#include "hunt/ends/polarity.hpp"
#include "hunt/ends/side_by_side.hpp"
#include "hunt/proof/proof.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Answer;
using strategies::OutcomeKind;

namespace {

// A configuration that fails this often for reasons of its own is taken as untestable.
constexpr int errors_allowed = 3;
// What could not be tested this often is not tried again.
constexpr int untestable_allowed = 2;

// Configurations whose builds are wished for ahead; more than can be built while a trial measures.
constexpr std::size_t foreseen = 6;
// A part of the answer is proven when so many more trials have not told the rest: at once would
// cost a proof twice where the rest is as good as found.
constexpr int trials_without_rest = 6;
constexpr int trials_with_most_left = 18;
constexpr double most_of_it = 0.5;  // of the leak

// Beyond these, hearing all of a search again would keep the running trials waiting.
constexpr std::size_t most_foreseen_events = 500;

}  // namespace

std::vector<strategies::Configuration> first_asks(const Rehearsal& rehearsal, Search::Ends known) {
  const strategies::SearchSpace& space = rehearsal.space;
  const Controls unknown;
  SearchState moment;
  moment.typical = end_effect(unknown, true);
  if (known == Search::Ends::both)
    moment.events.push_back({0, strategies::good_end(space), end_effect(unknown, false)});
  moment.events.push_back({0, strategies::bad_end(space), moment.typical});
  return foresee(rehearsal, moment, foreseen);
}

std::optional<Rehearsal> proven_rehearsal(const strategies::SearchSpace& space,
                                          const strategies::Prior& prior,
                                          const strategies::StrategyInfo& info,
                                          std::uint64_t seed) {
  if (space.size() > most_foreseen_units) return std::nullopt;
  const auto after = [&space](const Answer& answer) { return proof_configurations(space, answer); };
  return rehearsal_of(space, prior, info, seed, after);
}

void Search::tell_known(const strategies::Configuration& configuration,
                        const strategies::Outcome& outcome) {
  strategy_.tell(configuration, outcome);
  events_.push_back({0, configuration, outcome});
  const auto known = std::ranges::find(running_, configuration);
  if (known != running_.end()) running_.erase(known);
  if (outcome.verdict == strategies::Verdict::leaking) typical_ = outcome;
}

void Search::tell_ends(Ends known) {
  stops_at_part = context_.hunt.search.others && controls_.judge->tells_parts() &&
                  context_.space.shape == strategies::Shape::toggles;
  const EndAnswers& answers = controls_.judge->end_answers();
  for (const auto& [end, outcome] : answers) tell_known(end, effect_of(outcome, controls_));
  if (!answers.empty()) return;
  if (known == Ends::both)
    tell_known(strategies::good_end(context_.space), end_effect(controls_, false));
  tell_known(strategies::bad_end(context_.space), end_effect(controls_, true));
}

void Search::tell_beside() {
  for (const trial::Record& record : seen_beside(context_))
    tell_known(record.configuration, effect_of(record, controls_));
}

asio::awaitable<std::optional<Answer>> Search::run() {
  Trials& trials = context_.trials;
  is_at_part_ = false;
  while (trials.halt() == Halt::none && !strategy_.answer()) {
    if (due_part() || (is_enough && is_enough())) co_return co_await settle_part();
    ask();
    look_ahead();
    if (strategy_.answer() || goes_round_ || trials.pending() == 0) break;
    const auto record = co_await trials.next();
    if (!record) co_return std::nullopt;
    tell(*record);
  }
  auto answer = strategy_.answer();
  if (!answer && trials.halt() != Halt::none) co_return std::nullopt;
  if (!answer) {
    answer.emplace();
    answer->reason = goes_round_ ? "The strategy only repeats what cannot be tested."
                                 : "The strategy has no more trials to ask for.";
  }
  co_await drain();
  co_return answer;
}

void Search::ask() {
  while (context_.trials.halt() == Halt::none && context_.trials.free_slots() > 0) {
    const auto slots = static_cast<std::size_t>(context_.trials.free_slots());
    const auto costs =
        weighs_builds && context_.ahead() != nullptr ? context_.ahead()->settled_costs() : nullptr;
    const auto asks = costs ? strategy_.ask(slots, *costs) : strategy_.ask(slots);
    events_.push_back({slots, {}, {}, costs});
    if (asks.empty()) return;
    const auto is_hopeless = [&](const strategies::Ask& wanted) {
      const auto known = untestable_.find(wanted.configuration);
      return known != untestable_.end() && known->second >= untestable_allowed;
    };
    goes_round_ = std::ranges::all_of(asks, is_hopeless);
    if (goes_round_) return;
    for (const strategies::Ask& wanted : asks) running_.push_back(wanted.configuration);
    for (const strategies::Ask& wanted : asks) {
      const double min_s = wanted.confirms ? controls_.judge->proof_length_s() : 0;
      trial::Plan plan =
          judged_plan(context_, controls_, purpose_, wanted.configuration, wanted.why, min_s);
      plan.clean_build = wanted.confirms || context_.clean_builds();
      const std::string id = context_.trials.begin(std::move(plan));
      if (wanted.confirms) context_.confirm(id);
    }
  }
}

void Search::tell(const trial::Record& record) {
  strategies::Outcome outcome = effect_of(record, controls_);
  if (outcome.kind == OutcomeKind::error && ++errors_[record.configuration] >= errors_allowed)
    outcome.kind = OutcomeKind::untestable;
  if (outcome.kind == OutcomeKind::untestable) ++untestable_[record.configuration];
  tell_known(record.configuration, outcome);
  mind_trouble(context_, record);
  look_at_part();
  if (on_told) on_told(record);
}

void Search::look_at_part() {
  if (!stops_at_part) return;
  part_ = strategy_.part();
  std::map<std::vector<strategies::UnitIndex>, int> sure_for;
  if (part_)
    for (const strategies::Culprit& culprit : part_->culprits) {
      const auto before = sure_for_.find(culprit.units);
      sure_for[culprit.units] = before == sure_for_.end() ? 1 : before->second + 1;
    }
  sure_for_ = std::move(sure_for);
}

// The culprits that have been sure for long enough.
std::optional<Answer> Search::due_part() const {
  if (!stops_at_part || !part_) return std::nullopt;
  const bool is_most_left = part_->left > most_of_it * controls_.leak_slope;
  const int wanted = is_most_left ? trials_with_most_left : trials_without_rest;
  Answer due = *part_;
  std::erase_if(due.culprits, [&](const strategies::Culprit& culprit) {
    const bool is_new = sure_for_.at(culprit.units) < wanted;
    if (is_new) due.left += culprit.slope;
    return is_new;
  });
  return due.culprits.empty() ? std::nullopt : std::optional(std::move(due));
}

// What runs is heard out; that may bring the whole answer.
asio::awaitable<std::optional<Answer>> Search::settle_part() {
  while (context_.trials.pending() > 0) {
    const auto record = co_await context_.trials.next();
    if (!record) co_return std::nullopt;
    tell(*record);
  }
  if (auto answer = strategy_.answer()) co_return answer;
  auto part = due_part();
  is_at_part_ = part.has_value();
  if (is_at_part_) co_return part;
  Answer undecided;
  undecided.reason = "The search was left where it stood.";
  co_return undecided;
}

void Search::look_ahead() {
  if (!foresight_ || context_.trials.replaying()) return;
  if (context_.space.size() > most_foreseen_units || events_.size() > most_foreseen_events) return;
  if (const auto answer = strategy_.answer()) return context_.want(foresight_->after(*answer));
  foresight_->look({events_, running_, typical_}, foreseen);
}

void Search::tell_all_of(const Search& other) {
  for (const StrategyEvent& event : other.events_)
    if (event.asked == 0) tell_known(event.configuration, event.outcome);
}

// The answer may be there while other trials still run: let them end, they cost no more.
asio::awaitable<void> Search::drain() {
  while (context_.trials.pending() > 0) {
    const auto record = co_await context_.trials.next();
    if (!record) co_return;
  }
}

}  // namespace leakbisect::hunt
