#include "hunt/beyond/drill_trials.hpp"

#include "hunt/ends/polarity.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

// A trial that says nothing for reasons of its own is run again before others are asked.
constexpr int repeats_of_lost = 2;
// So many requests failed, and none was answered, of a load that both ends answer: no moment of the
// machine does that, the choice of hunks does.
constexpr std::uint64_t failed_all = 100;
// Builds that are made only to see whether they can be.
constexpr int most_builds = 32;
// How much longer than any server of the hunt so far one may take to get ready: at first, and when
// one has not come up.
constexpr double patience_factor = 6, impatience_factor = 3;
constexpr double least_patient_s = 8, least_impatient_s = 2;

// Nothing of the hunks: the machine, or the load.
bool is_lost(const trial::Record& record) {
  if (record.counts.answered == 0 && record.counts.failed >= failed_all) return false;
  return record.lost || record.kind == OutcomeKind::error;
}

}  // namespace

DrillTrials::DrillTrials(HuntContext& context, const Controls& controls, const DrillCost& cost)
    : context_(context), controls_(controls), cost_(cost), builds_left_(most_builds) {
  for (const trial::Record& record : context.trials.finished())
    ready_s_ = std::max(ready_s_, record.ready_seconds);
}

std::optional<double> DrillTrials::patience_s() const {
  if (ready_s_ <= 0) return std::nullopt;
  const double wanted_s = timed_out_ ? std::max(impatience_factor * ready_s_, least_impatient_s)
                                     : std::max(patience_factor * ready_s_, least_patient_s);
  const auto& subject = context_.hunt.subject;
  return subject ? std::min(wanted_s, subject->ready.timeout_s) : wanted_s;
}

void DrillTrials::begin(const HunkSet& on, const std::string& why, double min_s) {
  begin({on, why, min_s, false, 0});
}

void DrillTrials::begin(Wanted wanted) {
  trial::Plan plan = judged_plan(context_, controls_, trial::Purpose::drill,
                                 with_hunks(context_.space, wanted.on), wanted.why, wanted.min_s);
  plan.patience_s = patience_s();
  plan.clean_build = wanted.is_proof || context_.clean_builds();
  const std::string id = context_.trials.begin(std::move(plan));
  running_[id] = std::move(wanted);
}

asio::awaitable<std::optional<std::pair<HunkSet, trial::Record>>> DrillTrials::next() {
  while (true) {
    const auto record = co_await context_.trials.next();
    if (!record) co_return std::nullopt;
    const auto found = running_.find(record->id);
    if (found == running_.end()) continue;
    Wanted wanted = std::move(found->second);
    running_.erase(found);
    if (is_lost(*record) && ++wanted.lost <= repeats_of_lost) {
      begin(std::move(wanted));
      continue;
    }
    note(wanted, *record);
    co_return std::pair(wanted.on, *record);
  }
}

void DrillTrials::note(const Wanted& wanted, const trial::Record& record) {
  strategies::Outcome outcome = effect_of(record, controls_);
  // Lost as often as it is run: it cannot be tested.
  if (outcome.kind == OutcomeKind::error) outcome.kind = OutcomeKind::untestable;
  shown_.push_back({wanted.on, outcome, record.is_built});
  built_[wanted.on] = record.is_built;
  const bool no_answer = record.kind == OutcomeKind::untestable && record.is_built;
  timed_out_ = timed_out_ || (no_answer && record.ready_seconds <= 0);
}

asio::awaitable<std::optional<trial::Record>> DrillTrials::one(HunkSet on, std::string why,
                                                               double min_s) {
  begin({on, why, min_s, true, 0});
  const auto ended = co_await next();
  if (!ended) co_return std::nullopt;
  co_return ended->second;
}

bool DrillTrials::has_builds() const {
  return !context_.hunt.subject || context_.hunt.subject->build.has_value();
}

bool DrillTrials::may_build(const HunkSet& on) const {
  const auto known = built_.find(on);
  return known == built_.end() || known->second;
}

std::optional<strategies::Outcome> DrillTrials::untestable(const HunkSet& on) const {
  for (const HunkOutcome& known : shown_)
    if (known.on == on && known.outcome.kind == OutcomeKind::untestable) return known.outcome;
  if (may_build(on)) return std::nullopt;
  strategies::Outcome outcome;
  outcome.kind = OutcomeKind::untestable;
  return outcome;
}

asio::awaitable<std::optional<bool>> DrillTrials::builds(HunkSet on) {
  const auto known = built_.find(on);
  if (known != built_.end()) co_return known->second;
  if (builds_left_ <= 0 || !allows(0)) co_return std::nullopt;
  --builds_left_;
  trial::Plan plan = judged_plan(context_, controls_, trial::Purpose::drill,
                                 with_hunks(context_.space, on), "does it build", 0);
  plan.build_only = true;
  const auto record = co_await context_.trials.one(plan);
  if (!record) co_return std::nullopt;
  const bool is_built = record->kind == OutcomeKind::measured;
  built_[on] = is_built;
  co_return is_built;
}

}  // namespace leakbisect::hunt
