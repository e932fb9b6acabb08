#include "hunt/beyond/drill_ladder.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>

namespace leakbisect::hunt {

using strategies::UnitIndex;

namespace {

constexpr double before_proof = 0.9;       // wanted of the search: the proof makes it surer
constexpr double idle_file_weight = 0.02;  // prior weight of what no server should contain
constexpr double inside_a_file = 1.5;  // what a cut costs that may not compile, beside one that may

HunkSet closure(HunkSet units, const HunkNeeds& needs, bool of_users) {
  std::set<UnitIndex> all(units.begin(), units.end());
  std::multimap<UnitIndex, UnitIndex> next;
  for (const auto& [user, needed] : needs)
    next.emplace(of_users ? needed : user, of_users ? user : needed);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto [from, to] = next.equal_range(units[i]);
    for (auto edge = from; edge != to; ++edge)
      if (all.insert(edge->second).second) units.push_back(edge->second);
  }
  return {all.begin(), all.end()};
}

// Puts hunks behind what they need; those that need each other are put together.
class Order {
 public:
  Order(const HunkNeeds& needs, const HunkSet& among) {
    const std::set<UnitIndex> wanted(among.begin(), among.end());
    HunkNeeds inside;
    for (const auto& need : needs)
      if (wanted.contains(need.first) && wanted.contains(need.second)) inside.push_back(need);
    for (const UnitIndex unit : among) {
      const HunkSet below = with_needs({unit}, inside);
      const HunkSet above = with_users({unit}, inside);
      HunkSet together;
      std::ranges::set_intersection(below, above, std::back_inserter(together));
      together_[unit] = std::move(together);
    }
    for (const auto& [user, needed] : inside) needs_[user].push_back(needed);
  }

  void put(UnitIndex unit, std::vector<HunkSet>& rungs) {
    if (done_.contains(unit)) return;
    const HunkSet together = together_.at(unit);
    done_.insert(together.begin(), together.end());
    for (const UnitIndex member : together)
      for (const UnitIndex needed : needs_[member]) put(needed, rungs);
    rungs.push_back(together);
  }

 private:
  std::map<UnitIndex, HunkSet> together_;
  std::map<UnitIndex, std::vector<UnitIndex>> needs_;
  std::set<UnitIndex> done_;
};

std::string file_of(const LadderPlan& plan, const HunkSet& rung) {
  return rung.front() < plan.parts.size() ? plan.parts[rung.front()].file : std::string();
}

void fill_space(const LadderPlan& plan, Ladder& ladder) {
  strategies::SearchSpace& space = ladder.space;
  space.shape = strategies::Shape::history;
  space.noise = plan.hunks.noise;
  space.confidence = std::min(plan.hunks.confidence, before_proof);
  space.smallest_slope = plan.hunks.smallest_slope;
  for (UnitIndex rung = 0; rung < ladder.rungs.size(); ++rung) {
    const HunkSet& units = ladder.rungs[rung];
    space.names.push_back(std::string(plan.hunks.names[units.front()]));
    const std::vector<UnitIndex> below =
        rung > 0 ? std::vector{rung - 1} : std::vector<UnitIndex>();
    space.parents.push_row(below);
    const bool ends_file = rung + 1 == ladder.rungs.size() ||
                           file_of(plan, units) != file_of(plan, ladder.rungs[rung + 1]);
    ladder.costs.push_back(ends_file ? 1 : inside_a_file);
    space.prior.push_back(units == plan.last ? idle_file_weight
                                             : static_cast<double>(units.size()));
  }
}

}  // namespace

HunkSet all_hunks(const strategies::SearchSpace& hunks) {
  HunkSet all(hunks.size());
  std::iota(all.begin(), all.end(), UnitIndex{0});
  return all;
}

HunkSet with_needs(HunkSet units, const HunkNeeds& needs) {
  return closure(std::move(units), needs, false);
}

HunkSet with_users(HunkSet units, const HunkNeeds& needs) {
  return closure(std::move(units), needs, true);
}

HunkSet joined(const HunkSet& a, const HunkSet& b) {
  HunkSet all;
  std::ranges::set_union(a, b, std::back_inserter(all));
  return all;
}

HunkSet apart_from(const HunkSet& a, const HunkSet& b) {
  HunkSet rest;
  std::ranges::set_difference(a, b, std::back_inserter(rest));
  return rest;
}

HunkSet idle_hunks(const std::vector<units::Part>& parts, const HunkNeeds& needs) {
  HunkSet idle;
  HunkSet others;
  for (UnitIndex unit = 0; unit < parts.size(); ++unit)
    (parts[unit].idle.empty() ? others : idle).push_back(unit);
  return others.empty() ? HunkSet{} : apart_from(idle, with_needs(others, needs));
}

HunkSet Ladder::on_at(UnitIndex rung) const {
  HunkSet on = base;
  if (rung == strategies::no_unit) return on;
  for (UnitIndex i = 0; i <= rung; ++i) on.insert(on.end(), rungs[i].begin(), rungs[i].end());
  std::ranges::sort(on);
  return on;
}

Ladder ladder_of(const LadderPlan& plan) {
  Ladder ladder;
  ladder.base = plan.base;
  HunkSet among = apart_from(plan.among, joined(plan.base, plan.last));
  Order order(plan.needs, among);
  if (plan.backwards) std::ranges::reverse(among);
  for (const UnitIndex unit : among) order.put(unit, ladder.rungs);
  if (!plan.last.empty()) ladder.rungs.push_back(plan.last);
  fill_space(plan, ladder);
  return ladder;
}

strategies::Configuration with_hunks(const strategies::SearchSpace& hunks, const HunkSet& on) {
  strategies::Configuration configuration;
  configuration.off = apart_from(all_hunks(hunks), on);
  return configuration;
}

}  // namespace leakbisect::hunt
