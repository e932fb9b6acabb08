// What is known of the ends of a history before it is searched.

#include "bench/search_cell.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::bench {

using strategies::Configuration;
using strategies::Outcome;
using strategies::SearchSpace;
using strategies::Verdict;

namespace {

constexpr double plain = 99;  ///< odds at which an oracle's answer about an end is plain
constexpr unsigned most_asked = 7;

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
  std::vector<Told> told;
  for (const Configuration& end : {strategies::bad_end(space), strategies::good_end(space)}) {
    double sum = 0;
    for (unsigned i = 0; i < most_asked && std::abs(sum) < std::log(plain); ++i) {
      constexpr unsigned apart = 1U << 20;  // trials of the search have luck of their own
      Outcome outcome = instance.run(end, Visit{apart + i, 0});
      sum += outcome.llr;
      told.push_back({end, outcome});
    }
  }
  return told;
}

}  // namespace leakbisect::bench
