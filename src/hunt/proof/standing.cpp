#include "hunt/proof/standing.hpp"

#include "strategies/commits/commit_class.hpp"
#include "strategies/strategy.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace leakbisect::hunt {

using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

constexpr double says_nothing = 1;  // log-likelihood ratio of an undecided trial
constexpr int patience = 3;         // undecided trials, or errors, after which a commit is mute

constexpr double sure_proof = 0.99;  // odds of a verdict

bool speaks(const trial::Record& record) {
  return record.kind == OutcomeKind::measured &&
         (record.decision.verdict != stats::Verdict::undecided ||
          std::abs(record.decision.llr) >= says_nothing);
}

// "does not build" of what the trial's reason says.
std::string why_untestable(const std::vector<trial::Record>& finished, UnitIndex unit) {
  for (const trial::Record& record : finished) {
    if (record.configuration != strategies::at_commit(unit)) continue;
    if (record.kind != OutcomeKind::untestable) continue;
    return record.reason.find("build") != std::string::npos ? "does not build" : "cannot be tested";
  }
  return "cannot be judged";
}

// Units with a probability, the likeliest first; of equal ones the newest.
std::vector<UnitIndex> likeliest(const std::vector<double>& probabilities) {
  std::vector<UnitIndex> order(probabilities.size());
  std::iota(order.rbegin(), order.rend(), UnitIndex{0});
  std::ranges::stable_sort(
      order, [&](UnitIndex a, UnitIndex b) { return probabilities[a] > probabilities[b]; });
  std::erase_if(order, [&](UnitIndex unit) { return probabilities[unit] <= 0; });
  return order;
}

}  // namespace

std::vector<bool> mute_units(const strategies::SearchSpace& space,
                             const std::vector<trial::Record>& finished) {
  std::vector<bool> has_spoken(space.size(), false);
  std::vector<int> silences(space.size(), 0);
  for (const trial::Record& record : finished) {
    const UnitIndex unit = record.configuration.commit;
    const bool is_of_hunks = record.purpose == trial::Purpose::drill;
    if (is_of_hunks || record.configuration.shape != strategies::Shape::history ||
        unit == strategies::no_unit || record.kind == OutcomeKind::cancelled)
      continue;
    if (speaks(record))
      has_spoken[unit] = true;
    else
      silences[unit] += record.kind == OutcomeKind::untestable ? patience : 1;
  }
  std::vector<bool> mute(space.size(), false);
  for (UnitIndex unit = 0; unit < space.size(); ++unit)
    mute[unit] = !has_spoken[unit] && silences[unit] >= patience;
  return mute;
}

std::vector<UnitIndex> same_as(const strategies::SearchSpace& space,
                               const std::vector<trial::Record>& finished, UnitIndex unit) {
  const strategies::History history(space);
  const std::size_t position = history.position(unit);
  if (position == history.size()) return {unit};
  const std::vector<bool> mute = mute_units(space, finished);
  std::vector<bool> is_open(history.size());
  for (std::size_t p = 0; p < history.size(); ++p) is_open[p] = !mute[history.unit(p)];
  std::vector<UnitIndex> same;
  for (const std::size_t p : strategies::same_class(history, is_open, position))
    same.push_back(history.unit(p));
  return same;
}

std::vector<UnitIndex> fewest(const std::vector<double>& probabilities, double wanted) {
  std::vector<UnitIndex> order = likeliest(probabilities);
  double sum = 0;
  std::size_t count = 0;
  while (count < order.size() && sum < wanted) sum += probabilities[order[count++]];
  order.resize(count);
  return order;
}

std::vector<double> ruled_out(std::vector<double> probabilities, const std::vector<bool>& left) {
  double kept = 0;
  double taken = 0;
  for (UnitIndex unit = 0; unit < probabilities.size(); ++unit)
    (left[unit] ? kept : taken) += probabilities[unit];
  if (!(kept > 0)) return probabilities;
  const double factor = std::min(kept + taken, std::max(kept, sure_proof)) / kept;
  for (UnitIndex unit = 0; unit < probabilities.size(); ++unit)
    probabilities[unit] *= left[unit] ? factor : 0;
  return probabilities;
}

void state(report::CulpritRow& row, const units::UnitSource& source,
           const std::vector<trial::Record>& finished, const Standing& standing) {
  const strategies::SearchSpace& space = source.space();
  const std::vector<double>& probabilities = standing.probabilities;
  const auto candidate = [&](UnitIndex one) {
    return report::Candidate{space.names[one], source.describe(one), probabilities[one], ""};
  };
  row.unit = space.names[standing.unit];
  row.description = source.describe(standing.unit);
  row.probability = probabilities[standing.unit];
  row.class_probability = 0;
  row.equivalents.clear();
  row.same.clear();
  const std::vector<bool> mute = mute_units(space, finished);
  for (const UnitIndex one : standing.same) {
    row.equivalents.push_back(space.names[one]);
    if (standing.same.size() < 2) continue;
    row.class_probability += probabilities[one];
    row.same.push_back(candidate(one));
    if (mute[one]) row.same.back().why_untestable = why_untestable(finished, one);
  }
  row.credible.clear();
  row.credible_probability = 0;
  for (const UnitIndex one : fewest(probabilities, standing.wanted)) {
    row.credible.push_back(candidate(one));
    row.credible_probability += probabilities[one];
  }
}

void rank(report::Model& model, const units::UnitSource& source,
          const std::vector<double>& probabilities) {
  std::vector<UnitIndex> order = likeliest(probabilities);
  order.resize(std::min(order.size(), strategies::longest_ranking));
  model.ranking.clear();
  for (const UnitIndex unit : order)
    model.ranking.emplace_back(source.space().names[unit], probabilities[unit]);
}

}  // namespace leakbisect::hunt
