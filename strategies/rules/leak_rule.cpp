#include "strategies/rules/leak_rule.hpp"

#include <algorithm>
#include <tuple>

namespace leakbisect::strategies {

Term Term::with(UnitIndex unit) const {
  Term longer = *this;
  longer.units[size()] = unit;
  std::sort(longer.units.begin(), longer.units.end());
  return longer;
}

TrialTable::TrialTable(std::size_t units, std::vector<TrialRow> rows)
    : rows_(std::move(rows)), columns_(units) {
  std::sort(rows_.begin(), rows_.end(), [](const TrialRow& a, const TrialRow& b) {
    return std::tie(a.slope, a.error, a.weight, a.on) < std::tie(b.slope, b.error, b.weight, b.on);
  });
  if (rows_.size() > most_rows) rows_.resize(most_rows);
  std::vector<double> errors;
  for (std::size_t t = 0; t < rows_.size(); ++t) {
    (rows_[t].error > 0 ? with_slope_ : verdict_only_).set(t);
    if (rows_[t].error > 0) errors.push_back(rows_[t].error);
    assumes_spread_ = assumes_spread_ || rows_[t].spread > 0;
    for (std::size_t unit = 0; unit < units; ++unit) {
      if (rows_[t].on[unit]) columns_[unit].set(t);
    }
  }
  if (errors.empty()) return;
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  typical_error_ = *middle;
}

TrialMask TrialTable::column(const Term& term) const {
  TrialMask mask = columns_[term.units[0]];
  for (std::size_t i = 1; i < term.size(); ++i) mask &= columns_[term.units[i]];
  return mask;
}

}  // namespace leakbisect::strategies
