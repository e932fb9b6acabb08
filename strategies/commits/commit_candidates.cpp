#include "strategies/commits/commit_candidates.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t all_of_them = 1500;  ///< in a history up to this size, every commit
constexpr std::size_t nearest_on_line = 16;
constexpr std::size_t heaviest = 12;
constexpr std::size_t quantiles = 24;

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

/// A child beside a line that was tried tells its parent from the children that were.
void add_children(const CommitPosterior& belief, const std::vector<std::size_t>& of,
                  std::vector<UnitIndex>& to) {
  const History& history = belief.history();
  std::vector<bool> is_parent(history.size(), false);
  for (const std::size_t p : of) is_parent[p] = true;
  for (std::size_t p = *std::min_element(of.begin(), of.end()); p < history.size(); ++p) {
    for (const UnitIndex parent : history.parents(p)) {
      if (is_parent[parent]) add_open(belief, p, to);
    }
  }
}

}  // namespace

CommitCandidates::CommitCandidates(const History& history) {
  if (history.size() <= all_of_them) return;
  line_.push_back(static_cast<UnitIndex>(history.size() - 1));
  while (!history.parents(line_.back()).empty()) {
    line_.push_back(history.parents(line_.back()).front());
  }
  const auto none = static_cast<std::uint32_t>(line_.size());
  joined_.assign(history.size(), none);
  for (std::uint32_t i = 0; i < line_.size(); ++i) joined_[line_[i]] = i;
  for (std::size_t p = history.size(); p-- > 0;) {
    if (joined_[p] == none) continue;
    for (const UnitIndex parent : history.parents(p)) {
      std::uint32_t& own = joined_[parent];
      if (own < none && line_[own] == parent) continue;
      own = own == none ? joined_[p] : std::max(own, joined_[p]);
    }
  }
}

std::vector<std::size_t> CommitCandidates::line_near(const CommitPosterior& belief,
                                                     double share) const {
  std::vector<double> added(line_.size() + 1, 0.0);
  for (std::size_t p = 0; p < joined_.size(); ++p) added[joined_[p]] += belief.masses()[p];
  std::size_t i = line_.size();
  double behind = belief.good_end();
  while (i > 0 && behind + added[i - 1] < share) behind += added[--i];
  std::vector<std::size_t> near;
  const std::size_t begin = i > nearest_on_line / 2 ? i - nearest_on_line / 2 : 0;
  for (std::size_t k = begin; k < line_.size() && near.size() < nearest_on_line; ++k) {
    near.push_back(line_[k]);
  }
  return near;
}

std::vector<UnitIndex> CommitCandidates::of(const CommitPosterior& belief, double share) const {
  const History& history = belief.history();
  std::vector<UnitIndex> commits;
  if (line_.empty()) {
    for (std::size_t p = 0; p < history.size(); ++p) commits.push_back(history.unit(p));
  } else {
    for (const std::size_t p : line_near(belief, share)) add_open(belief, p, commits);
    const std::vector<std::size_t> heavy = belief.most_probable(heaviest);
    for (const std::size_t p : heavy) {
      add_open(belief, p, commits);
      for (const UnitIndex parent : history.parents(p)) add_open(belief, parent, commits);
    }
    add_children(belief, heavy, commits);
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
