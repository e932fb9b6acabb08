#include "strategies/rules/prediction.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t most_rules = 600;
constexpr double least_share = 1e-7;
constexpr std::size_t most_cells = 400;
constexpr int reach = 4;  ///< cells of noise on either side; a cell is one standard error
constexpr std::array<double, reach + 1> blur{0.3829, 0.2417, 0.0606, 0.0060, 0.0002};

double surprise(double p) {
  return p <= 0 ? 0 : -p * std::log2(p);
}

}  // namespace

double binary_entropy(double p) {
  return surprise(p) + surprise(1 - p);
}

Prediction::Prediction(const RuleBelief& belief, double error, bool adds_up)
    : error_(error), adds_up_(adds_up) {
  for (const WeighedRule& rule : belief.rules()) {
    if (rules_.size() == most_rules || rule.probability < least_share) break;
    rules_.push_back(&rule);
    share_.push_back(rule.probability);
  }
  part_.assign(rules_.size(), 0);
  noise_entropy_ = surprise(blur[0]);
  for (std::size_t i = 1; i < blur.size(); ++i) noise_entropy_ += 2 * surprise(blur[i]);
  if (!adds_up_) noise_entropy_ = binary_entropy(error_);
}

std::vector<double> Prediction::slopes(const std::vector<bool>& on) const {
  std::vector<double> result;
  result.reserve(rules_.size());
  for (const WeighedRule* rule : rules_) {
    double slope = adds_up_ ? rule->base : 0;
    for (std::size_t i = 0; i < rule->rule.size(); ++i) {
      const auto members = rule->rule[i].members();
      const bool active = std::ranges::all_of(members, [&](UnitIndex unit) { return on[unit]; });
      if (active && adds_up_) slope += rule->slopes[i];
      if (active && !adds_up_) slope = 1;
    }
    result.push_back(slope);
  }
  return result;
}

void Prediction::expect(const std::vector<bool>& on) {
  const double cell = adds_up_ ? 2 * error_ : 1;
  const std::vector<double> read = slopes(on);
  std::map<std::pair<std::size_t, long>, std::size_t> parts;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const auto key = std::pair(part_[i], std::lround(std::min(read[i] / cell, 1e6)));
    part_[i] = parts.emplace(key, parts.size()).first->second;
  }
  parts_ = std::max<std::size_t>(1, parts.size());
}

double Prediction::bits(const std::vector<bool>& on) const {
  const std::vector<double> read = slopes(on);
  double sum = 0;
  for (std::size_t part = 0; part < parts_; ++part) sum += entropy(read, part);
  return sum;
}

/// The information among the rules of one part, weighed by the part's share of the belief.
double Prediction::entropy(std::span<const double> slopes, std::size_t part) const {
  std::map<long, double> cells;
  double total = 0;
  double most = 0;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    if (part_[i] == part) most = std::max(most, slopes[i]);
  }
  const double cell = adds_up_ ? std::max(error_, most / static_cast<double>(most_cells)) : 1;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    if (part_[i] != part) continue;
    cells[std::lround(slopes[i] / cell)] += share_[i];
    total += share_[i];
  }
  if (total <= 0 || cells.size() < 2) return 0;
  double sum = 0;
  if (!adds_up_) {
    const double active = cells[1] / total;
    return total * (binary_entropy(active * (1 - error_) + (1 - active) * error_) - noise_entropy_);
  }
  std::map<long, double> blurred;
  for (const auto& [at, share] : cells) {
    for (int i = -reach; i <= reach; ++i) {
      blurred[at + i] += share / total * blur[static_cast<std::size_t>(std::abs(i))];
    }
  }
  for (const auto& [at, share] : blurred) sum += surprise(share);
  return total * std::max(0.0, sum - noise_entropy_);
}

}  // namespace leakbisect::strategies
