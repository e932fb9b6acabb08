#include "strategies/rules/toggle_evidence.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double mistaken_trial = 1e-3;  ///< chance that a trial measured something else
constexpr int most_end_trials = 9;

}  // namespace

ToggleEvidence::ToggleEvidence(const SearchSpace& space) : space_(space) {
  const std::vector<bool> pinned = pinned_units(space);
  for (UnitIndex unit = 0; unit < space.size(); ++unit) {
    if (!pinned[unit]) movable_.push_back(unit);
  }
}

void ToggleEvidence::record(const Configuration& configuration, const Outcome& outcome) {
  Record& record = records_[configuration];
  record.failed_last = false;
  switch (outcome.kind) {
    case OutcomeKind::untestable:
      record.is_untestable = true;
      return;
    case OutcomeKind::error:
      ++record.errors;
      record.is_untestable = record.is_untestable || record.errors >= patience;
      record.failed_last = true;
      return;
    case OutcomeKind::cancelled:
      record.failed_last = true;
      return;
    case OutcomeKind::measured:
      break;
  }
  ++record.measured;
  TrialRow row;
  row.on = flags_of(movable_, configuration);
  row.weight = evidence_weight(outcome, space_.noise, mistaken_trial);
  const bool has_slope =
      outcome.slope_se > 0 && std::isfinite(outcome.slope) && std::isfinite(outcome.slope_se);
  if (has_slope) row.slope = outcome.slope;
  if (has_slope) row.error = outcome.slope_se;
  if (has_slope) row.spread = std::clamp(outcome.slope_spread, 0.0, outcome.slope_se);
  row.base_spread = outcome.base_spread;
  record.weight += evidence_weight(outcome, space_.noise);
  const bool is_empty = !has_slope && row.weight == 0;
  record.empty += is_empty;
  if (is_empty) return;
  ++rows_;
  record.rows.push_back(std::move(row));
}

const ToggleEvidence::Record& ToggleEvidence::record_of(const Configuration& configuration) const {
  static const Record nothing;
  const auto found = records_.find(configuration);
  return found == records_.end() ? nothing : found->second;
}

bool ToggleEvidence::are_related(UnitIndex a, UnitIndex b) const {
  // Needs have smaller indices, so only the larger one can need the smaller.
  const UnitIndex target = movable_[std::min(a, b)];
  std::vector<UnitIndex> open{movable_[std::max(a, b)]};
  std::vector<bool> seen;
  while (!open.empty()) {
    const UnitIndex unit = open.back();
    open.pop_back();
    for (const UnitIndex need : parents_of(space_, unit)) {
      if (need == target) return true;
      if (need < target) continue;
      if (seen.empty()) seen.assign(space_.size(), false);
      if (!seen[need]) open.push_back(need);
      seen[need] = true;
    }
  }
  return false;
}

TrialTable ToggleEvidence::table(double spread_share) const {
  constexpr double least_share = 0.01;  // of an error: none is known that exactly
  std::vector<TrialRow> rows;
  for (const auto& [configuration, record] : records_) {
    rows.insert(rows.end(), record.rows.begin(), record.rows.end());
  }
  for (TrialRow& row : rows) {
    if (row.spread <= 0 || spread_share == 1) continue;
    const double own = std::sqrt(row.error * row.error - row.spread * row.spread);
    row.spread *= spread_share;
    row.error = std::max(std::hypot(own, row.spread), least_share * row.error);
  }
  return {movable_.size(), std::move(rows)};
}

std::vector<TrialTable> ToggleEvidence::tables() const {
  std::vector<TrialTable> result{table(spread_shares.front())};
  if (!result.front().assumes_spread()) return result;
  for (const double share : std::span(spread_shares).subspan(1)) result.push_back(table(share));
  return result;
}

std::vector<Testability::Trial> ToggleEvidence::runs() const {
  std::vector<Testability::Trial> trials;
  for (const auto& [configuration, record] : records_) {
    const bool ran = record.measured > 0;
    if (ran || record.is_untestable) trials.push_back({configuration.off, ran});
  }
  return trials;
}

double ToggleEvidence::enough() const {
  return std::log(space_.confidence / (1 - space_.confidence));
}

bool ToggleEvidence::needs_trial(const Configuration& end) const {
  const Record& record = record_of(end);
  if (record.is_untestable || record.empty >= patience) return false;
  const double against = end == bad_end(space_) ? enough() : 2 * enough();
  return record.measured < most_end_trials && record.weight < against && record.weight > -enough();
}

bool ToggleEvidence::may_repeat(const Configuration& end) const {
  return record_of(end).measured < 2 * most_end_trials;
}

double ToggleEvidence::weight(const Configuration& configuration) const {
  return record_of(configuration).weight;
}

bool ToggleEvidence::is_measured(const Configuration& configuration) const {
  return !record_of(configuration).rows.empty();
}

bool ToggleEvidence::is_tried(const Configuration& configuration) const {
  const Record& record = record_of(configuration);
  return record.measured > 0 || record.is_untestable;
}

std::optional<Answer> ToggleEvidence::answer_of_ends() const {
  const Configuration bad = bad_end(space_);
  const Configuration good = good_end(space_);
  const auto answer = [](AnswerKind kind, double weight, std::string_view reason) {
    return Answer{kind, {}, 1 / (1 + std::exp(-weight)), std::string(reason)};
  };
  if (!is_measured(bad))
    return Answer{AnswerKind::undecided, {}, 0, "it cannot be tested with all units on"};
  if (weight(bad) <= 0)
    return answer(AnswerKind::none, -weight(bad), "nothing leaks with all units on");
  if (movable_.empty())
    return answer(AnswerKind::good_end_leaks, weight(bad), "no unit can be switched off");
  if (weight(good) > 0)
    return answer(AnswerKind::good_end_leaks, weight(good) - enough(),
                  "it leaks with all units off");
  return std::nullopt;
}

std::optional<Slope> ToggleEvidence::total() const {
  double precision = 0;
  double slope = 0;
  for (const TrialRow& row : record_of(bad_end(space_)).rows) {
    if (row.error <= 0) continue;
    precision += 1 / (row.error * row.error);
    slope += row.slope / (row.error * row.error);
  }
  if (precision <= 0) return std::nullopt;
  return Slope{slope / precision, 1 / std::sqrt(precision)};
}

std::vector<Configuration> ToggleEvidence::wanted() const {
  std::vector<Configuration> result;
  for (const auto& [configuration, record] : records_) {
    const bool said_nothing =
        record.empty > 0 && record.measured < patience && record.empty == record.measured;
    const bool failed = record.failed_last && record.errors < patience;
    if (failed || said_nothing) result.push_back(configuration);
  }
  return result;
}

std::vector<bool> flags_of(const std::vector<UnitIndex>& movable,
                           const Configuration& configuration) {
  std::vector<bool> on(movable.size());
  const auto& off = configuration.off;
  for (std::size_t i = 0; i < on.size(); ++i) {
    on[i] = !std::binary_search(off.begin(), off.end(), movable[i]);
  }
  return on;
}

}  // namespace leakbisect::strategies
