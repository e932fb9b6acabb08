#include "units/components/need_order.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <unordered_map>

namespace leakbisect::units {
namespace {

using strategies::UnitIndex;
using Positions = std::unordered_map<std::string, UnitIndex>;

Positions positions_of(const std::vector<ComponentUnit>& units) {
  Positions positions;
  for (const ComponentUnit& unit : units) {
    positions.emplace(unit.component.name, static_cast<UnitIndex>(positions.size()));
  }
  return positions;
}

Result<> check_needs(const std::vector<ComponentUnit>& units, const Positions& positions) {
  for (const ComponentUnit& unit : units) {
    for (std::size_t i = 0; i < unit.component.needs.size(); ++i) {
      const std::string& need = unit.component.needs[i];
      if (positions.contains(need)) continue;
      std::vector<std::string> names;
      names.reserve(units.size());
      for (const ComponentUnit& known : units) names.push_back(known.component.name);
      const auto near = nearest(need, names);
      return fail("{}/needs/{}: no unit is called \"{}\"{}", unit.place, i, need,
                  near ? ": did you mean \"" + *near + "\"?" : ": name one of the components");
    }
  }
  return {};
}

// Depth-first: a unit is placed when all it needs are.
class Order {
 public:
  Order(const std::vector<ComponentUnit>& units, const Positions& positions)
      : units_(units), positions_(positions), states_(units.size(), State::waiting) {}

  Result<std::vector<UnitIndex>> place_all() {
    for (UnitIndex i = 0; i < units_.size(); ++i) {
      if (auto placed = place(i); !placed) return placed.error();
    }
    return placed_;
  }

 private:
  enum class State { waiting, open, placed };

  Result<> place(UnitIndex unit) {
    if (states_[unit] == State::placed) return {};
    if (states_[unit] == State::open) return cycle_at(unit);
    states_[unit] = State::open;
    way_.push_back(unit);
    for (const std::string& need : units_[unit].component.needs) {
      if (auto placed = place(positions_.at(need)); !placed) return placed;
    }
    way_.pop_back();
    states_[unit] = State::placed;
    placed_.push_back(unit);
    return {};
  }

  [[nodiscard]] Error cycle_at(UnitIndex unit) const {
    std::string text;
    for (auto at = std::find(way_.begin(), way_.end(), unit); at != way_.end(); ++at) {
      text += units_[*at].component.name + " needs ";
    }
    return fail("{}/needs: {}{}, which is a cycle: take one of the needs out", units_[unit].place,
                text, units_[unit].component.name);
  }

  const std::vector<ComponentUnit>& units_;
  const Positions& positions_;
  std::vector<State> states_;
  std::vector<UnitIndex> way_;
  std::vector<UnitIndex> placed_;
};

// From the last to the first, so that needs of needs are reached.
void keep_needs_on(std::vector<ComponentUnit>& units) {
  const Positions positions = positions_of(units);
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    if (!unit->component.always_on) continue;
    for (const std::string& need : unit->component.needs) {
      units[positions.at(need)].component.always_on = true;
    }
  }
}

}  // namespace

Result<std::vector<ComponentUnit>> in_need_order(std::vector<ComponentUnit> units) {
  const Positions positions = positions_of(units);
  if (auto checked = check_needs(units, positions); !checked) return checked.error();
  const auto order = Order(units, positions).place_all();
  if (!order) return order.error();
  std::vector<ComponentUnit> ordered;
  for (const UnitIndex unit : *order) ordered.push_back(std::move(units[unit]));
  keep_needs_on(ordered);
  return ordered;
}

void fill_space(const std::vector<ComponentUnit>& units, strategies::SearchSpace& space) {
  const Positions positions = positions_of(units);
  std::vector<UnitIndex> row;
  bool any_prior = false;
  for (const ComponentUnit& unit : units) {
    row.clear();
    for (const std::string& need : unit.component.needs) row.push_back(positions.at(need));
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    space.names.push_back(unit.component.name);
    space.parents.push_row(row);
    space.always_on.push_back(unit.component.always_on);
    space.groups.push_back(unit.component.group);
    space.prior.push_back(unit.component.prior);
    any_prior = any_prior || unit.component.prior != 1;
  }
  if (!any_prior) space.prior.clear();
}

}  // namespace leakbisect::units
