#pragma once

// A history as its strategies see it: commits in topological order, what each is built upon, and
// which of them could still be the first that leaks. A merge history is never taken for a line.
//
// Positions: with `first_parent` only the first-parent line of the newest commit is searched, and
// position p is its p-th commit from the oldest; otherwise positions are unit indices. Parents have
// smaller positions than their children.

#include "strategies/search_space.hpp"

namespace leakbisect::strategies {

/// Prior of each end's being the answer: no commit leaks, or the good end leaks already.
inline constexpr double prior_of_end = 0.01;
/// Steps of the history beyond which an untestable commit says nothing of its neighbours.
inline constexpr std::uint16_t farthest = 64;

class History {
 public:
  /// `space` must outlive it: a million commits are not copied.
  explicit History(const SearchSpace& space);
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] UnitIndex unit(std::size_t position) const {
    return units_.empty() ? static_cast<UnitIndex>(position) : units_[position];
  }
  [[nodiscard]] std::span<const UnitIndex> parents(std::size_t position) const {
    return graph_->row(static_cast<UnitIndex>(position));
  }
  /// The position of a unit, or size() when it is not on the searched line.
  [[nodiscard]] std::size_t position(UnitIndex unit) const;

  /// One flag a position: it is `of` or an ancestor of it.
  [[nodiscard]] std::vector<bool> ancestors(std::size_t of) const;

  /// One mask a position: bit j is set when it is of[j] or an ancestor of it. At most 64 of them;
  /// one pass over the history.
  [[nodiscard]] std::vector<std::uint64_t> ancestor_masks(std::span<const std::size_t> of) const;

  /// For every position, how many members of each class are among it and its ancestors:
  /// result[c][p] counts class c. classes[p] is the class of p, or negative for none. Exact, in
  /// one pass for every 64 members.
  [[nodiscard]] std::vector<std::vector<std::uint32_t>> count_ancestors(
      std::span<const int> classes, int class_count) const;

  /// For every position the steps along parents or children to the nearest of `from`, at most
  /// `limit`. Paths that turn round more than twice are not looked for.
  [[nodiscard]] std::vector<std::uint16_t> distances(std::span<const std::size_t> from,
                                                     std::uint16_t limit) const;

 private:
  std::size_t size_;
  std::vector<UnitIndex> units_;  ///< first_parent: unit by position; else empty
  Graph line_;                    ///< first_parent: each commit on the one before
  const Graph* graph_;            ///< the space's, or the line
};

/// `masses` is by position; the result by unit, 0 for those that are not searched.
std::vector<double> by_unit(const SearchSpace& space, const History& history,
                            std::span<const double> masses);

/// The chance that a commit cannot be tested: untestable ones come in runs.
/// `distance` is to the nearest untestable commit, `untestable` and `tested` count trials told.
double untestable_risk(unsigned distance, std::size_t untestable, std::size_t tested);

}  // namespace leakbisect::strategies
