#pragma once

// What is searched: units that can be switched, and what switching one does to the others.
// Standard library only. Filled by src/units, read by every strategy. Other rooms include this file
// for its vocabulary (unit, configuration) and nothing else of this folder.
//
// Two shapes cover every hunt:
//   history  one unit is chosen and is on together with all its ancestors (commits, versions);
//   toggles  any subset of the units may be on (components, data flags).
//
// Invariant: units are in topological order, `parents` point to smaller indices only.

#include "strategies/names.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace leakbisect::strategies {

using UnitIndex = std::uint32_t;

/// No unit at all: in a history, the good end itself; in an empty answer, nobody.
inline constexpr UnitIndex no_unit = UINT32_MAX;

enum class Shape { history, toggles };

/// Parents of every unit, in compressed rows: a million commits fit in a few megabytes.
struct Graph {
  std::vector<std::uint32_t> offsets{0};  ///< size units + 1
  std::vector<UnitIndex> targets;  ///< parents of unit i: targets[offsets[i] .. offsets[i+1])

  /// Appends the next unit's row.
  void push_row(std::span<const UnitIndex> row) {
    targets.insert(targets.end(), row.begin(), row.end());
    offsets.push_back(static_cast<std::uint32_t>(targets.size()));
  }
  [[nodiscard]] std::span<const UnitIndex> row(UnitIndex unit) const {
    return std::span(targets).subspan(offsets[unit], offsets[unit + 1] - offsets[unit]);
  }
  [[nodiscard]] std::size_t size() const { return offsets.size() - 1; }
};

/// The error rates of one trial's verdict that a strategy may assume.
struct Noise {
  double false_positive = 0.01;  ///< P(leaking | clean)
  double false_negative = 0.01;  ///< P(clean | leaking)
};

/// How suspect each unit is, a positive weight a unit; empty: all alike.
using Prior = std::vector<double>;

/// What is searched. Does not change while it is searched: what does is an argument of the calls
/// (strategies/strategy.hpp).
struct SearchSpace {
  Shape shape = Shape::toggles;
  Names names;  ///< one a unit, unique: a full commit sha, a component's name
  /// history: parent commits inside the range (a unit without parents has the good end as its
  /// parent). toggles: the units that this one needs to be on.
  Graph parents;
  std::vector<bool> always_on;      ///< toggles: empty, or one a unit; never switched off
  std::vector<std::string> groups;  ///< toggles: empty, or one a unit; "" is no group
  Prior prior;                      ///< what is known of the units before any trial
  bool first_parent = false;        ///< history: search the first-parent line only
  Noise noise;
  double confidence = 0.99;              ///< wanted probability of the answer, in (0, 1)
  std::optional<double> smallest_slope;  ///< bytes per request that count as a leak

  [[nodiscard]] std::size_t size() const { return names.size(); }
  [[nodiscard]] bool is_always_on(UnitIndex unit) const {
    return !always_on.empty() && always_on[unit];
  }
};

/// Which units are on. history: `commit` and all its ancestors (no_unit: the good end). toggles:
/// all but `off` (sorted, no repeats, closed: a unit whose need is off is off too).
struct Configuration {
  Shape shape = Shape::toggles;
  UnitIndex commit = no_unit;
  std::vector<UnitIndex> off;

  bool operator==(const Configuration&) const = default;
  auto operator<=>(const Configuration&) const = default;
};

/// The history configuration of one commit (no_unit: the good end).
Configuration at_commit(UnitIndex commit);

/// The toggles configuration with exactly `off` switched off, plus every unit that needs one of
/// them. `off` may be in any order; units that are always on are left on.
Configuration without(const SearchSpace& space, std::vector<UnitIndex> off);

/// The toggles configuration with only `on` on, plus what they need and what is always on.
Configuration with_only(const SearchSpace& space, std::vector<UnitIndex> on);

/// The end where the leak should show: the newest unit, or everything on.
Configuration bad_end(const SearchSpace& space);

/// The end that should be clean: the good commit, or everything off that may be off.
Configuration good_end(const SearchSpace& space);

/// What `unit` needs (toggles) or its parents inside the range (history). Empty where the graph has
/// no row for it: a space without dependencies may leave the graph empty.
std::span<const UnitIndex> parents_of(const SearchSpace& space, UnitIndex unit);

/// One flag a unit, toggles: it can never be off, because it or one that needs it is always on.
std::vector<bool> pinned_units(const SearchSpace& space);

/// Units that are on in a toggles configuration, sorted.
std::vector<UnitIndex> units_on(const SearchSpace& space, const Configuration& configuration);

}  // namespace leakbisect::strategies
