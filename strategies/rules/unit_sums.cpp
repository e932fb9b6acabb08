#include "strategies/rules/unit_sums.hpp"

namespace leakbisect::strategies {
namespace {

constexpr std::size_t trials_at_once = 8;
constexpr std::size_t most_known = 1'000'000;  ///< sums kept, over all units

}  // namespace

UnitSums::UnitSums(const RuleModel& model, double inflation) {
  const TrialTable& trials = model.trials();
  const std::vector<TrialRow>& rows = trials.rows();
  for (UnitIndex unit = 0; unit < trials.units(); ++unit) columns_.push_back(trials.column(unit));
  const RuleFit fit = model.fit({}, inflation);
  std::array<std::vector<double>, 3> each;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    each[0].push_back(fit.precision[t]);
    each[1].push_back(fit.precision[t] * rows[t].slope);
    each[2].push_back(model.verdicts().has(t) ? rows[t].weight : 0);
  }
  auto tables = std::make_shared<std::array<Tables, 3>>();
  for (std::size_t kind = 0; kind < each.size(); ++kind) {
    for (std::size_t t = 0; t < rows.size(); ++t) {
      const std::size_t half = std::size_t{1} << (t % trials_at_once);
      if (half == 1) (*tables)[kind].emplace_back();
      std::array<double, 256>& table = (*tables)[kind].back();
      for (std::size_t subset = 0; subset < half; ++subset) {
        table[half + subset] = table[subset] + each[kind][t];
      }
    }
  }
  tables_ = std::move(tables);
}

UnitSums UnitSums::of(std::span<const UnitIndex> units) const {
  UnitSums some;
  some.tables_ = tables_;
  for (const UnitIndex unit : units) some.columns_.push_back(columns_[unit]);
  return some;
}

UnitSums::Sums UnitSums::sums(std::size_t kind, const TrialMask& within) {
  const auto found = known_.find({kind, within});
  if (found != known_.end()) return found->second;
  auto sums = std::make_shared<std::vector<double>>((columns_.size() + lanes - 1) / lanes * lanes);
  const Tables& tables = (*tables_)[kind];
  for (std::size_t chunk = 0; chunk < tables.size(); ++chunk) {
    const std::size_t word = chunk * trials_at_once / 64;
    const std::size_t shift = chunk * trials_at_once % 64;
    const std::uint64_t wanted = within.words[word] >> shift & 255;
    if (wanted == 0) continue;
    const std::array<double, 256>& table = tables[chunk];
    for (std::size_t unit = 0; unit < columns_.size(); ++unit) {
      (*sums)[unit] += table[columns_[unit].words[word] >> shift & wanted];
    }
  }
  if ((known_.size() + 1) * columns_.size() > most_known) known_.clear();
  return known_.emplace(std::pair(kind, within), std::move(sums)).first->second;
}

}  // namespace leakbisect::strategies
