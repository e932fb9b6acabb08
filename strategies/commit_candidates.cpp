#include "strategies/commit_candidates.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

/// Histories up to these sizes: every commit is weighed, when that finds another than the likely
/// ones (no noise: the most even cut; untestable commits: a way round them), and else.
constexpr std::size_t all_of_them = 1500;
constexpr std::size_t all_of_few = 60;
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

/// Adds a commit, or when it is retired the nearest on both sides that are not.
void add_open(const CommitPosterior& belief, std::size_t position, std::vector<UnitIndex>& to) {
  const History& history = belief.history();
  std::size_t older = position;
  while (older > 0 && belief.is_retired(history.unit(older))) --older;
  to.push_back(history.unit(older));
  if (older == position) return;
  std::size_t newer = position;
  while (newer + 1 < history.size() && belief.is_retired(history.unit(newer))) ++newer;
  to.push_back(history.unit(newer));
}

}  // namespace

std::vector<UnitIndex> candidates(const CommitPosterior& belief, double share) {
  const History& history = belief.history();
  std::vector<UnitIndex> commits;
  const bool is_usual = belief.has_noise() && belief.untestable().empty();
  if (history.size() <= (is_usual ? all_of_few : all_of_them)) {
    for (std::size_t p = 0; p < history.size(); ++p) commits.push_back(history.unit(p));
  } else {
    for (const std::size_t p : line_near(belief, share)) add_open(belief, p, commits);
    for (const std::size_t p : belief.most_probable(heaviest)) {
      add_open(belief, p, commits);
      for (const UnitIndex parent : history.parents(p)) add_open(belief, parent, commits);
    }
    const double step = (1 - belief.none() - belief.good_end()) / quantiles;
    double next = step / 2;
    double sum = 0;
    for (std::size_t p = 0; p < history.size(); ++p) {
      sum += belief.masses()[p];
      if (sum >= next) add_open(belief, p, commits);
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
