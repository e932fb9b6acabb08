#include "strategies/rules/testability.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr std::array<double, 5> essential_rates{0.0004, 0.003, 0.012, 0.035, 0.07};
constexpr std::array<double, 5> rate_priors{0.6, 0.15, 0.1, 0.08, 0.07};
constexpr double surely_not = 1e-9;
constexpr double nearly_one = 1 - 1e-9;
constexpr int passes = 12;
constexpr double damping = 0.5;  ///< of messages from pass to pass: loops would make them swing

using Messages = std::vector<std::vector<double>>;  ///< one a unit of each failure

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
  keep_failures(trials);
  const auto cleared =
      static_cast<double>(std::count(dispensable_.begin(), dispensable_.end(), true));
  double most = -1e300;
  for (std::size_t g = 0; g < rates; ++g) {
    guesses_[g].rate = essential_rates[g];
    propagate(guesses_[g]);
    guesses_[g].share += std::log(rate_priors[g]) + cleared * std::log1p(-essential_rates[g]);
    most = std::max(most, guesses_[g].share);
  }
  double sum = 0;
  for (Guess& guess : guesses_) sum += guess.share = std::exp(guess.share - most);
  essential_.assign(dispensable_.size(), 0);
  for (Guess& guess : guesses_) {
    guess.share /= sum;
    for (std::size_t i = 0; i < essential_.size(); ++i) {
      essential_[i] += guess.share * guess.essential[i];
    }
  }
}

// A failure that contains another is explained by it, and says nothing more.
void Testability::keep_failures(const std::vector<Trial>& trials) {
  std::vector<std::vector<UnitIndex>> all;
  for (const Trial& trial : trials) {
    if (trial.ran) continue;
    all.emplace_back();
    for (const UnitIndex unit : trial.off) {
      if (!dispensable_[unit]) all.back().push_back(unit);
    }
  }
  saw_broken_ = !all.empty();
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  failures_.clear();
  for (std::vector<UnitIndex>& units : all) {
    const bool is_explained = std::ranges::any_of(failures_, [&](const auto& shorter) {
      return std::includes(units.begin(), units.end(), shorter.begin(), shorter.end());
    });
    if (!is_explained) failures_.push_back(std::move(units));
  }
}

// A failure says to each of its units: without you I would be explained by the others with
// probability 1 - product of (1 - c), c their probabilities to be essential, this failure left out
// of account. `share` gets the logarithm of the probability of all failures (Bethe's
// approximation).
void Testability::propagate(Guess& guess) const {
  const double rate = guess.rate;
  Messages explained;  // P(the failure is explained | the unit is dispensable)
  for (const auto& units : failures_) explained.emplace_back(units.size(), 1.0);
  guess.otherwise = explained;
  std::vector<double> product(dispensable_.size());
  const auto multiply = [&] {
    std::fill(product.begin(), product.end(), 1.0);
    for (std::size_t f = 0; f < failures_.size(); ++f) {
      for (std::size_t i = 0; i < failures_[f].size(); ++i) {
        product[failures_[f][i]] *= explained[f][i];
      }
    }
  };
  multiply();
  guess.share = 0;
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t f = 0; f < failures_.size(); ++f) {
      double none = 1;
      for (std::size_t i = 0; i < failures_[f].size(); ++i) {
        const double others = product[failures_[f][i]] / explained[f][i];
        guess.otherwise[f][i] = std::min(nearly_one, rate / (rate + (1 - rate) * others));
        none *= 1 - guess.otherwise[f][i];
      }
      const double old = pass == 0 ? 0 : damping;
      for (std::size_t i = 0; i < failures_[f].size(); ++i) {
        const double now = 1 - none / (1 - guess.otherwise[f][i]);
        explained[f][i] = std::max(surely_not, old * explained[f][i] + (1 - old) * now);
      }
      if (pass + 1 < passes) continue;
      guess.share += std::log(std::max(surely_not, 1 - none));
      for (std::size_t i = 0; i < failures_[f].size(); ++i) {
        const double c = guess.otherwise[f][i];
        guess.share -= std::log(c + (1 - c) * explained[f][i]);
      }
    }
    multiply();
  }
  guess.essential.assign(dispensable_.size(), 0);
  for (std::size_t i = 0; i < dispensable_.size(); ++i) {
    const double weight = rate + (1 - rate) * product[i];
    if (product[i] < 1) guess.share += std::log(weight);
    if (!dispensable_[i]) guess.essential[i] = rate / weight;
  }
}

double Testability::runs_without(std::span<const UnitIndex> off) const {
  std::vector<bool> is_off(dispensable_.size(), false);
  for (const UnitIndex unit : off) is_off[unit] = true;
  double result = 0;
  for (const Guess& guess : guesses_) {
    if (guess.share > surely_not) result += guess.share * runs_given(guess, off, is_off);
  }
  return result;
}

// The units as if they were independent, times what each failure says about several of its units
// together over what it says about each: that all essential ones are among the rest of it.
double Testability::runs_given(const Guess& guess, std::span<const UnitIndex> off,
                               const std::vector<bool>& is_off) const {
  double runs = 1;
  for (const UnitIndex unit : off) runs *= 1 - guess.essential[unit];
  for (std::size_t f = 0; f < failures_.size(); ++f) {
    double these = 1;
    double rest = 1;
    for (std::size_t i = 0; i < failures_[f].size(); ++i) {
      (is_off[failures_[f][i]] ? these : rest) *= 1 - guess.otherwise[f][i];
    }
    if (these == 1) continue;
    const double explained = 1 - these * rest;
    double each = 1;
    for (std::size_t i = 0; i < failures_[f].size(); ++i) {
      if (is_off[failures_[f][i]]) each *= std::max(0.0, 1 - guess.otherwise[f][i] / explained);
    }
    const double together = these * (1 - rest) / explained;
    runs *= each > 0 ? together / each : 0;
  }
  return std::min(1.0, runs);
}

}  // namespace leakbisect::strategies
