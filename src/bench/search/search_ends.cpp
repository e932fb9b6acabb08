// What is known of the ends of a history before it is searched.

#include "bench/search/search_cell.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::bench {

using strategies::Configuration;
using strategies::Outcome;
using strategies::SearchSpace;
using strategies::Verdict;

namespace {

constexpr double plain_odds = 99;  ///< odds at which an oracle's answer about an end is plain,
constexpr double as_named = 9;     ///< and where it is as the end was named,
constexpr double opposite_odds = 30 * plain_odds;  ///< and where it is not
constexpr unsigned most_asked = 9;

/// What the trials of one end say together: slopes by their mean, bare verdicts by their ratios.
struct EndTrials {
  std::vector<Told> told;
  double ratio = 0;
  double slopes = 0;     ///< sum of slope / se^2
  double precision = 0;  ///< sum of 1 / se^2

  void add(Configuration end, const Outcome& outcome) {
    told.push_back({std::move(end), outcome});
    if (outcome.slope_se <= 0) {
      ratio += outcome.llr;
      return;
    }
    const double weight = 1 / (outcome.slope_se * outcome.slope_se);
    slopes += weight * outcome.slope;
    precision += weight;
  }
  [[nodiscard]] double slope() const { return precision > 0 ? slopes / precision : 0; }
  [[nodiscard]] double llr(double leak) const {
    return precision > 0 ? (slope() - leak / 2) * leak * precision : ratio;
  }
};

/// Without a leak of a known size, slopes are weighed against the one that they show.
EndTrials ask(const Instance& instance, const Configuration& end, double sign,
              std::optional<double> leak) {
  EndTrials trials;
  for (unsigned i = 0; i < most_asked; ++i) {
    const double llr = sign * trials.llr(leak.value_or(trials.slope()));
    const bool is_sized = leak || trials.precision <= 0;
    if (llr >= std::log(is_sized ? as_named : plain_odds) || llr <= -std::log(opposite_odds)) break;
    constexpr unsigned apart = 1U << 20;  // trials of the search have luck of their own
    trials.add(end, instance.run(end, Visit{apart + i, 0}));
  }
  return trials;
}

}  // namespace

Told sure_control(Configuration end, bool leaks, double slope, double slope_se) {
  Outcome outcome;
  outcome.verdict = leaks ? Verdict::leaking : Verdict::clean;
  // As sure as the hunt is of its controls when it goes on to search: 1 in 99 each, twice.
  outcome.llr = (leaks ? 1 : -1) * std::log(99.0 * 99.0);
  outcome.slope = slope;
  outcome.slope_se = slope_se;
  return {std::move(end), outcome};
}

double ratio_of(const SearchSpace& space, Verdict verdict) {
  const double alpha = std::max(space.noise.false_positive, 1e-6);
  const double beta = std::max(space.noise.false_negative, 1e-6);
  return std::log(verdict == Verdict::leaking ? (1 - beta) / alpha : beta / (1 - alpha));
}

std::vector<Told> asked_ends(const Instance& instance) {
  const SearchSpace& space = instance.space();
  const EndTrials bad = ask(instance, strategies::bad_end(space), 1, std::nullopt);
  const EndTrials good = ask(instance, strategies::good_end(space), -1, bad.slope());
  std::vector<Told> told = bad.told;
  told.insert(told.end(), good.told.begin(), good.told.end());
  return told;
}

}  // namespace leakbisect::bench
