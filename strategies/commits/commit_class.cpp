#include "strategies/commits/commit_class.hpp"

#include "strategies/commits/commit_posterior.hpp"

#include <algorithm>

namespace leakbisect::strategies {

// Two positions are one class when every open commit (still worth a trial) has both or neither of
// them among itself and its ancestors. Two open commits are never one class, so the members are
// retired, or `position`, or an open commit built on those alone.
std::vector<std::size_t> same_class(const History& history, const std::vector<bool>& is_open,
                                    std::size_t position) {
  std::vector<std::size_t> suspects;
  for (std::size_t p = 0; p < history.size(); ++p) {
    if (!is_open[p] && p != position) suspects.push_back(p);
  }
  std::vector<bool> leads_on(history.size(), false);
  leads_on[position] = true;
  for (std::size_t p = position + 1; p < history.size(); ++p) {
    for (const UnitIndex parent : history.parents(p)) {
      if (leads_on[parent] && (!is_open[parent] || parent == position)) leads_on[p] = true;
    }
    if (leads_on[p] && is_open[p]) suspects.push_back(p);
  }
  std::sort(suspects.begin(), suspects.end());
  std::vector<std::size_t> members{position};
  for (std::size_t begin = 0; begin < suspects.size(); begin += 63) {
    const std::size_t count = std::min<std::size_t>(63, suspects.size() - begin);
    std::vector<std::uint64_t> masks(history.size(), 0);
    for (std::size_t j = 0; j < count; ++j) masks[suspects[begin + j]] |= std::uint64_t{1} << j;
    constexpr std::uint64_t own = std::uint64_t{1} << 63;
    masks[position] |= own;
    const std::uint64_t all = (own - 1) >> (63 - count);
    std::uint64_t told_apart = 0;
    // Neighbours mostly tell them apart: the rest of a long history need not be looked at.
    for (std::size_t p = std::min(position, suspects[begin]);
         p < history.size() && (told_apart & all) != all; ++p) {
      for (const UnitIndex parent : history.parents(p)) masks[p] |= masks[parent];
      if (is_open[p]) told_apart |= (masks[p] & own) != 0 ? ~masks[p] : masks[p];
    }
    for (std::size_t j = 0; j < count; ++j) {
      if ((told_apart >> j & 1) == 0) members.push_back(suspects[begin + j]);
    }
  }
  std::sort(members.begin(), members.end());
  return members;
}

std::vector<std::size_t> CommitPosterior::class_of(std::size_t position) const {
  std::vector<bool> is_open(history_.size(), true);
  for (const auto& [commit, evidence] : evidence_) {
    if (commit != no_unit && is_retired(commit)) is_open[history_.position(commit)] = false;
  }
  return same_class(history_, is_open, position);
}

}  // namespace leakbisect::strategies
