#include "strategies/search_space.hpp"

#include <algorithm>
#include <utility>

namespace leakbisect::strategies {
namespace {

std::vector<bool> marked(const SearchSpace& space, std::span<const UnitIndex> units) {
  std::vector<bool> marks(space.size(), false);
  for (const UnitIndex unit : units) {
    if (unit < marks.size()) marks[unit] = true;
  }
  return marks;
}

/// Marks what the marked units need. One pass suffices: needs point to smaller indices.
void add_needs(const SearchSpace& space, std::vector<bool>& on) {
  for (std::size_t i = on.size(); i-- > 0;) {
    if (!on[i]) continue;
    for (const UnitIndex need : parents_of(space, static_cast<UnitIndex>(i))) on[need] = true;
  }
}

std::vector<UnitIndex> indices_where(const std::vector<bool>& marks, bool value) {
  std::vector<UnitIndex> result;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] == value) result.push_back(static_cast<UnitIndex>(i));
  }
  return result;
}

}  // namespace

std::span<const UnitIndex> parents_of(const SearchSpace& space, UnitIndex unit) {
  if (unit >= space.parents.size()) return {};
  return space.parents.row(unit);
}

std::vector<bool> pinned_units(const SearchSpace& space) {
  std::vector<bool> pinned(space.size(), false);
  for (std::size_t i = 0; i < pinned.size(); ++i) {
    pinned[i] = space.is_always_on(static_cast<UnitIndex>(i));
  }
  add_needs(space, pinned);
  return pinned;
}

Configuration at_commit(UnitIndex commit) {
  return {Shape::history, commit, {}};
}

Configuration without(const SearchSpace& space, std::vector<UnitIndex> off) {
  std::vector<bool> is_off = marked(space, off);
  const std::vector<bool> pinned = pinned_units(space);
  for (std::size_t i = 0; i < is_off.size(); ++i) {
    for (const UnitIndex need : parents_of(space, static_cast<UnitIndex>(i))) {
      if (is_off[need]) is_off[i] = true;
    }
    if (pinned[i]) is_off[i] = false;
  }
  return {Shape::toggles, no_unit, indices_where(is_off, true)};
}

Configuration with_only(const SearchSpace& space, std::vector<UnitIndex> on) {
  std::vector<bool> is_on = marked(space, on);
  for (std::size_t i = 0; i < is_on.size(); ++i) {
    if (space.is_always_on(static_cast<UnitIndex>(i))) is_on[i] = true;
  }
  add_needs(space, is_on);
  return {Shape::toggles, no_unit, indices_where(is_on, false)};
}

Configuration bad_end(const SearchSpace& space) {
  if (space.shape == Shape::toggles) return without(space, {});
  if (space.size() == 0) return at_commit(no_unit);
  return at_commit(static_cast<UnitIndex>(space.size() - 1));
}

Configuration good_end(const SearchSpace& space) {
  if (space.shape == Shape::history) return at_commit(no_unit);
  return with_only(space, {});
}

std::vector<UnitIndex> units_on(const SearchSpace& space, const Configuration& configuration) {
  return indices_where(marked(space, configuration.off), false);
}

}  // namespace leakbisect::strategies
