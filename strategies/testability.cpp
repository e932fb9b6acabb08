#include "strategies/testability.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

struct Rate {
  double rate;
  double prior;
};
constexpr std::array<Rate, 5> essential_rates{
    {{0.0004, 0.6}, {0.003, 0.15}, {0.012, 0.1}, {0.035, 0.08}, {0.07, 0.07}}};
constexpr double surely_not = 1e-12;

}  // namespace

Testability::Testability(std::size_t units) : dispensable_(units, false) {
  learn({});
}

void Testability::learn(std::vector<Trial> trials) {
  std::sort(trials.begin(), trials.end());
  trials.erase(std::unique(trials.begin(), trials.end()), trials.end());
  for (const Trial& trial : trials) {
    if (!trial.ran) continue;
    for (const UnitIndex unit : trial.off) dispensable_[unit] = true;
  }
  const auto cleared =
      static_cast<double>(std::count(dispensable_.begin(), dispensable_.end(), true));
  std::vector<std::vector<UnitIndex>> broken;
  for (const Trial& trial : trials) {
    if (trial.ran) continue;
    broken.emplace_back();
    for (const UnitIndex unit : trial.off) {
      if (!dispensable_[unit]) broken.back().push_back(unit);
    }
  }
  saw_broken_ = !broken.empty();
  std::stable_sort(broken.begin(), broken.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  double sum = 0;
  for (std::size_t g = 0; g < rates; ++g) {
    const double rate = essential_rates[g].rate;
    double likelihood = essential_rates[g].prior * std::pow(1 - rate, cleared);
    essential_[g].assign(dispensable_.size(), rate);
    for (std::size_t i = 0; i < dispensable_.size(); ++i) {
      if (dispensable_[i]) essential_[g][i] = 0;
    }
    for (const std::vector<UnitIndex>& units : broken) {
      double all_dispensable = 1;
      for (const UnitIndex unit : units) all_dispensable *= 1 - essential_[g][unit];
      const double doubt = std::max(1 - all_dispensable, surely_not);
      likelihood *= doubt;
      for (const UnitIndex unit : units) {
        essential_[g][unit] = std::min(1.0, essential_[g][unit] / doubt);
      }
    }
    share_[g] = likelihood;
    sum += likelihood;
  }
  for (double& share : share_) share = sum > 0 ? share / sum : 1.0 / rates;
}

double Testability::runs_without(std::span<const UnitIndex> off) const {
  double result = 0;
  for (std::size_t g = 0; g < rates; ++g) {
    double runs = share_[g];
    for (const UnitIndex unit : off) runs *= 1 - essential_[g][unit];
    result += runs;
  }
  return result;
}

double Testability::essential(UnitIndex unit) const {
  double result = 0;
  for (std::size_t g = 0; g < rates; ++g) result += share_[g] * essential_[g][unit];
  return result;
}

}  // namespace leakbisect::strategies
