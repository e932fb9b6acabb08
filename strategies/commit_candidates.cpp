#include "strategies/commit_candidates.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t all_of_them = 1500;  ///< histories up to this size: every commit is weighed
constexpr std::size_t nearest_on_line = 16;
constexpr std::size_t heaviest = 12;
constexpr std::size_t quantiles = 24;

/// Commits of the first-parent line around the point where it has `share` of the belief behind it.
std::vector<std::size_t> line_near(const CommitPosterior& belief, double share) {
  const History& history = belief.history();
  std::vector<std::size_t> line{history.size() - 1};
  while (!history.parents(line.back()).empty()) {
    line.push_back(history.parents(line.back()).front());
  }
  // The oldest commit of the line that contains each position; later ones do not count it again.
  const auto none = static_cast<std::uint32_t>(line.size());
  std::vector<std::uint32_t> first_with(history.size(), none);
  for (std::uint32_t i = 0; i < line.size(); ++i) first_with[line[i]] = i;
  std::vector<double> added(line.size() + 1, 0.0);
  for (std::size_t p = history.size(); p-- > 0;) {
    for (const UnitIndex parent : history.parents(p)) {
      const std::uint32_t own = first_with[parent];
      const bool is_on_line = own < none && line[own] == parent;
      if (is_on_line || first_with[p] == none) continue;
      first_with[parent] = own == none ? first_with[p] : std::max(own, first_with[p]);
    }
    added[first_with[p]] += belief.masses()[p];
  }
  std::size_t i = line.size();
  double behind = belief.good_end();
  while (i > 0 && behind + added[i - 1] < share) behind += added[--i];
  std::vector<std::size_t> near;
  const std::size_t begin = i > nearest_on_line / 2 ? i - nearest_on_line / 2 : 0;
  for (std::size_t k = begin; k < line.size() && near.size() < nearest_on_line; ++k) {
    near.push_back(line[k]);
  }
  return near;
}

}  // namespace

std::vector<UnitIndex> candidates(const CommitPosterior& belief, double share) {
  const History& history = belief.history();
  std::vector<UnitIndex> commits;
  if (history.size() <= all_of_them) {
    for (std::size_t p = 0; p < history.size(); ++p) commits.push_back(history.unit(p));
  } else {
    for (const std::size_t p : line_near(belief, share)) commits.push_back(history.unit(p));
    for (const std::size_t p : belief.most_probable(heaviest)) {
      commits.push_back(history.unit(p));
      for (const UnitIndex parent : history.parents(p)) commits.push_back(history.unit(parent));
    }
    const double step = (1 - belief.none() - belief.good_end()) / quantiles;
    double next = step / 2;
    double sum = 0;
    for (std::size_t p = 0; p < history.size(); ++p) {
      sum += belief.masses()[p];
      if (sum >= next) commits.push_back(history.unit(p));
      while (sum >= next) next += step;
    }
    commits.push_back(history.unit(history.size() - 1));
  }
  commits.push_back(no_unit);
  std::sort(commits.begin(), commits.end());
  commits.erase(std::unique(commits.begin(), commits.end()), commits.end());
  return commits;
}

}  // namespace leakbisect::strategies
