#include "strategies/commits/history.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace leakbisect::strategies {

History::History(const SearchSpace& space) : size_(space.size()), graph_(&space.parents) {
  if (!space.first_parent || space.size() == 0) return;
  UnitIndex unit = static_cast<UnitIndex>(space.size() - 1);
  units_.push_back(unit);
  while (!parents_of(space, unit).empty()) {
    unit = parents_of(space, unit).front();
    units_.push_back(unit);
  }
  std::reverse(units_.begin(), units_.end());
  for (UnitIndex i = 0; i < units_.size(); ++i) {
    const UnitIndex before = i - 1;
    line_.push_row(std::span(&before, i == 0 ? 0 : 1));
  }
  size_ = units_.size();
  graph_ = &line_;
}

std::size_t History::position(UnitIndex unit) const {
  if (units_.empty()) return std::min<std::size_t>(unit, size());
  const auto found = std::lower_bound(units_.begin(), units_.end(), unit);
  if (found == units_.end() || *found != unit) return size();
  return static_cast<std::size_t>(found - units_.begin());
}

std::vector<bool> History::ancestors(std::size_t of) const {
  std::vector<bool> marks(size(), false);
  marks[of] = true;
  for (std::size_t p = of + 1; p-- > 0;) {
    if (!marks[p]) continue;
    for (const UnitIndex parent : parents(p)) marks[parent] = true;
  }
  return marks;
}

std::vector<std::uint64_t> History::ancestor_masks(std::span<const std::size_t> of) const {
  std::vector<std::uint64_t> masks(size(), 0);
  for (std::size_t j = 0; j < of.size(); ++j) masks[of[j]] |= std::uint64_t{1} << j;
  for (std::size_t p = size(); p-- > 0;) {
    if (masks[p] == 0) continue;
    for (const UnitIndex parent : parents(p)) masks[parent] |= masks[p];
  }
  return masks;
}

std::vector<std::vector<std::uint32_t>> History::count_ancestors(std::span<const int> classes,
                                                                 int class_count) const {
  std::vector<std::vector<std::uint32_t>> counts;
  std::vector<std::uint64_t> masks(size());
  for (int c = 0; c < class_count; ++c) {
    std::vector<std::uint32_t>& count = counts.emplace_back(size(), 0);
    std::size_t next = 0;
    while (next < size()) {
      // The next 64 members of the class; none of them is an ancestor of anything older.
      const std::size_t begin = next;
      std::fill(masks.begin(), masks.end(), 0);
      int bits = 0;
      for (; next < size() && bits < 64; ++next) {
        if (classes[next] == c) masks[next] = std::uint64_t{1} << bits++;
      }
      if (bits == 0) break;
      for (std::size_t p = begin; p < size(); ++p) {
        for (const UnitIndex parent : parents(p)) masks[p] |= masks[parent];
        count[p] += static_cast<std::uint32_t>(std::popcount(masks[p]));
      }
    }
  }
  return counts;
}

std::vector<std::uint16_t> History::distances(std::span<const std::size_t> from,
                                              std::uint16_t limit) const {
  std::vector<std::uint16_t> steps(size(), limit);
  for (const std::size_t p : from) steps[p] = 0;
  const auto relax = [&](std::size_t a, std::size_t b) {
    steps[a] = std::min<std::uint16_t>(steps[a], static_cast<std::uint16_t>(steps[b] + 1));
  };
  for (int turn = 0; turn < 2; ++turn) {
    for (std::size_t p = size(); p-- > 0;) {
      for (const UnitIndex parent : parents(p)) relax(parent, p);
    }
    for (std::size_t p = 0; p < size(); ++p) {
      for (const UnitIndex parent : parents(p)) relax(p, parent);
    }
  }
  return steps;
}

std::vector<double> by_unit(const SearchSpace& space, const History& history,
                            std::span<const double> masses) {
  std::vector<double> result(space.size(), 0);
  for (std::size_t p = 0; p < history.size(); ++p) result[history.unit(p)] = masses[p];
  return result;
}

double untestable_risk(unsigned distance, std::size_t untestable, std::size_t tested) {
  const double base = (1 + static_cast<double>(untestable)) / (20 + static_cast<double>(tested));
  const double u0 = std::min(base, 0.9);
  if (untestable == 0) return u0;
  return u0 + (1 - u0) * 0.9 * std::pow(0.9, static_cast<double>(distance) - 1);
}

}  // namespace leakbisect::strategies
