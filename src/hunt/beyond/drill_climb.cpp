#include "hunt/beyond/drill_climb.hpp"

#include "hunt/ends/polarity.hpp"
#include "hunt/search/search.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::no_unit;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

constexpr std::size_t foreseen_rungs = 4;
constexpr std::size_t most_foreseen_rungs = 500;
constexpr int untestable_rung_allowed = 2;  // of one rung, before the search goes round

// The lowest rung that has all of `on`; nothing where none has.
std::optional<UnitIndex> lowest_with(const Ladder& ladder, const HunkSet& on) {
  HunkSet left = apart_from(on, ladder.base);
  if (left.empty()) return no_unit;
  for (UnitIndex rung = 0; rung < ladder.rungs.size(); ++rung) {
    left = apart_from(left, ladder.rungs[rung]);
    if (left.empty()) return rung;
  }
  return std::nullopt;
}

// The highest rung that has nothing beyond `on`.
std::optional<UnitIndex> highest_within(const Ladder& ladder, const HunkSet& on) {
  if (!apart_from(ladder.base, on).empty()) return std::nullopt;
  UnitIndex within = no_unit;
  for (UnitIndex rung = 0; rung < ladder.rungs.size(); ++rung) {
    if (!apart_from(ladder.rungs[rung], on).empty()) break;
    within = rung;
  }
  return within;
}

// Where on the ladder an outcome counts, taking that the effect stays when more hunks are on.
std::optional<UnitIndex> place_of(const Ladder& ladder, const HunkOutcome& shown) {
  const auto low = lowest_with(ladder, shown.on);
  if (low && ladder.on_at(*low) == shown.on) return low;
  if (shown.outcome.kind != OutcomeKind::measured) return std::nullopt;
  if (shown.outcome.verdict == strategies::Verdict::leaking) return low;
  if (shown.outcome.verdict == strategies::Verdict::clean) return highest_within(ladder, shown.on);
  return std::nullopt;
}

ClimbResult result_of(Ladder ladder, strategies::Answer answer) {
  ClimbResult result;
  if (answer.kind == strategies::AnswerKind::culprit && !answer.culprits.empty()) {
    const strategies::Culprit& culprit = answer.culprits.front();
    result.rung = culprit.units.front();
    result.same = culprit.equivalents;
    if (result.same.empty()) result.same.push_back(result.rung);
    for (const UnitIndex rung : result.same)
      result.units = joined(result.units, ladder.rungs[rung]);
  }
  result.ladder = std::move(ladder);
  result.answer = std::move(answer);
  return result;
}

}  // namespace

Rehearsal rehearsal_on(const Ladder& ladder, std::uint64_t seed) {
  return rehearsal_of(ladder.space, ladder.space.prior, strategies::default_strategy(ladder.space),
                      seed, nullptr);
}

asio::awaitable<std::optional<ClimbResult>> Climb::run(ClimbPlan plan) {
  while (true) {
    const LadderPlan wanted{
        trials_.context().space, parts_, needs_, plan.base, plan.among, plan.last, plan.backwards};
    Ladder ladder = ladder_of(wanted);
    set_up(ladder);
    tell_known(ladder, plan);
    const End end = co_await search(plan, ladder);
    co_await drain();
    foresight_.reset();
    if (end == End::shorter) continue;
    const auto answer = strategy_->answer();
    if (on_told) on_told(plan, ladder, *strategy_);
    if (end == End::halted || !answer) co_return std::nullopt;
    co_return result_of(std::move(ladder), *answer);
  }
}

void Climb::set_up(const Ladder& ladder) {
  strategy_ =
      strategies::default_strategy(ladder.space).make(ladder.space, ladder.space.prior, seed_);
  events_.clear();
  untestable_.clear();
  const HuntContext& context = trials_.context();
  if (context.ahead() == nullptr || !context.ahead()->is_making()) return;
  if (ladder.rungs.size() > most_foreseen_rungs) return;
  const auto ahead = [&ladder, &context](const std::vector<strategies::Configuration>& rungs) {
    std::vector<strategies::Configuration> choices;
    choices.reserve(rungs.size());
    for (const auto& rung : rungs)
      choices.push_back(with_hunks(context.space, ladder.on_at(rung.commit)));
    context.want(choices);
  };
  foresight_ = std::make_unique<Foresight>(context.trials.io(), rehearsal_on(ladder, seed_), ahead);
}

void Climb::tell(UnitIndex rung, const strategies::Outcome& outcome) {
  if (outcome.kind == OutcomeKind::untestable) ++untestable_[rung];
  strategy_->tell(strategies::at_commit(rung), outcome);
  events_.push_back({0, strategies::at_commit(rung), outcome});
}

void Climb::tell_known(const Ladder& ladder, const ClimbPlan& plan) {
  if (plan.base_is_known) tell(no_unit, end_effect(trials_.controls(), false));
  tell(static_cast<UnitIndex>(ladder.rungs.size() - 1), end_effect(trials_.controls(), true));
  for (const HunkOutcome& shown : trials_.shown())
    if (const auto rung = place_of(ladder, shown)) tell(*rung, shown.outcome);
}

asio::awaitable<Climb::End> Climb::search(const ClimbPlan& plan, const Ladder& ladder) {
  while (!strategy_->answer()) {
    if (!trials_.allows(left_for_proof)) co_return End::halted;
    std::optional<UnitIndex> broken = ask(ladder);
    look_ahead();
    UnitIndex rung = broken.value_or(no_unit);
    strategies::Outcome outcome;
    outcome.kind = OutcomeKind::untestable;
    if (!broken) {
      if (running_.empty()) co_return strategy_->answer() ? End::answered : End::halted;
      const auto ended = co_await trials_.next();
      if (!ended) co_return End::halted;
      rung = take_running(ended->first);
      outcome = trials_.shown().back().outcome;
      if (!trials_.shown().back().is_built && rung != no_unit) broken = rung;
    }
    if (broken && trials_.has_builds()) {
      const bool has_learnt = co_await learn(ladder, *broken);
      if (has_learnt) co_return End::shorter;
    }
    tell(rung, outcome);
    if (on_told) on_told(plan, ladder, *strategy_);
  }
  co_return End::answered;
}

// Begins what the strategy asks for; what is known not to be testable is told without a trial.
// Returns a rung that is known not to build, and that was not told of yet.
std::optional<UnitIndex> Climb::ask(const Ladder& ladder) {
  const Trials& trials = trials_.context().trials;
  while (trials.halt() == Halt::none && trials.free_slots() > 0) {
    const auto slots = static_cast<std::size_t>(trials.free_slots());
    const auto asks = strategy_->ask(slots, ladder.costs);
    events_.push_back({slots, {}, {}});
    const auto is_hopeless = [&](const strategies::Ask& wanted) {
      return untestable_[wanted.configuration.commit] >= untestable_rung_allowed;
    };
    if (asks.empty() || std::ranges::all_of(asks, is_hopeless)) return std::nullopt;
    std::optional<UnitIndex> broken;
    for (const strategies::Ask& wanted : asks) {
      const UnitIndex rung = wanted.configuration.commit;
      const HunkSet on = ladder.on_at(rung);
      const auto known = trials_.untestable(on);
      if (!known) {
        running_.emplace(on, rung);
        trials_.begin(on, wanted.why, 0);
      } else if (untestable_[rung] == 0 && !broken && rung != no_unit && !trials_.may_build(on)) {
        broken = rung;
      } else {
        tell(rung, *known);
      }
    }
    if (broken) return broken;
  }
  return std::nullopt;
}

UnitIndex Climb::take_running(const HunkSet& on) {
  const auto found = running_.find(on);
  const UnitIndex rung = found->second;
  running_.erase(found);
  return rung;
}

asio::awaitable<void> Climb::drain() {
  while (!running_.empty()) {
    const auto ended = co_await trials_.next();
    if (!ended) break;
    tell(take_running(ended->first), trials_.shown().back().outcome);
  }
  running_.clear();
}

void Climb::look_ahead() {
  if (!foresight_ || trials_.context().trials.replaying()) return;
  std::vector<strategies::Configuration> running;
  for (const auto& [on, rung] : running_) running.push_back(strategies::at_commit(rung));
  foresight_->look({events_, running, end_effect(trials_.controls(), true)}, foreseen_rungs);
}

// With `builds`, the lowest rung above `low` that builds, else that does not; `high` is known to.
asio::awaitable<std::optional<std::int64_t>> Climb::first_that(const Ladder& ladder,
                                                               std::int64_t low, std::int64_t high,
                                                               bool builds) {
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    const HunkSet on = ladder.on_at(static_cast<UnitIndex>(middle));
    const auto is_built = co_await trials_.builds(on);
    if (!is_built) co_return std::nullopt;
    (*is_built == builds ? high : low) = middle;
  }
  co_return high;
}

// What `rung`, whose build failed, lacks: the first rung above with which it builds, and the first
// below without which it would. True when that is a need that was not known.
asio::awaitable<bool> Climb::learn(const Ladder& ladder, UnitIndex rung) {
  co_await drain();
  const auto top = static_cast<std::int64_t>(ladder.rungs.size()) - 1;
  const auto at = static_cast<std::int64_t>(rung);
  const auto lacked = co_await first_that(ladder, at, top, true);
  if (!lacked) co_return false;
  const auto lacking = co_await first_that(ladder, -1, at, false);
  if (!lacking) co_return false;
  const HunkSet& user = ladder.rungs[static_cast<std::size_t>(*lacking)];
  const HunkSet& needed = ladder.rungs[static_cast<std::size_t>(*lacked)];
  const std::pair need(user.front(), needed.front());
  if (std::ranges::find(needs_, need) != needs_.end()) co_return false;
  needs_.push_back(need);
  co_return true;
}

}  // namespace leakbisect::hunt
