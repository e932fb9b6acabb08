// `hdd`: hierarchical delta debugging (Misherghi and Su, "HDD: Hierarchical Delta Debugging", ICSE
// 2006). What units need is the tree: units that need nothing are thinned out first, with all that
// need them, then those of the next level. Groups, where there are any, come before all units.

#include "strategies/script/chunk_search.hpp"

#include <algorithm>
#include <map>

namespace leakbisect::strategies {
namespace {

class Hierarchical final : public ChunkSearch {
 public:
  explicit Hierarchical(const SearchSpace& space) : ChunkSearch(space), level_(space.size(), 0) {
    for (UnitIndex unit = 0; unit < space.size(); ++unit) {
      for (const UnitIndex need : parents_of(space, unit)) {
        level_[unit] = std::max(level_[unit], level_[need] + 1);
      }
    }
  }

 private:
  Task<Units> minimal(Units on) override {
    std::vector<Units> groups = groups_of(on);
    if (groups.size() > 1) on = co_await thin(std::move(on), std::move(groups));
    const std::size_t deepest =
        level_.empty() ? 0 : *std::max_element(level_.begin(), level_.end());
    for (std::size_t level = 0; level <= deepest; ++level) {
      std::vector<Units> items;
      for (const UnitIndex unit : on) {
        if (level_[unit] == level) items.push_back({unit});
      }
      on = co_await thin(std::move(on), std::move(items));
    }
    co_return on;
  }

  /// The units of `on` by group, those without one left out.
  [[nodiscard]] std::vector<Units> groups_of(const Units& on) const {
    std::map<std::string, Units> groups;
    if (space().groups.empty()) return {};
    for (const UnitIndex unit : on) {
      if (!space().groups[unit].empty()) groups[space().groups[unit]].push_back(unit);
    }
    std::vector<Units> result;
    result.reserve(groups.size());
    for (auto& [name, units] : groups) result.push_back(std::move(units));
    return result;
  }

  std::vector<std::size_t> level_;
};

}  // namespace

std::unique_ptr<Strategy> make_hdd(const SearchSpace& space, const Prior&, std::uint64_t) {
  return std::make_unique<Hierarchical>(space);
}

}  // namespace leakbisect::strategies
