#include "world.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

/// Is `ancestor` among `commit` and its ancestors?
std::vector<bool> switched_on(const SearchSpace& space, UnitIndex commit) {
  std::vector<bool> on(space.size(), false);
  if (commit == no_unit) return on;
  on[commit] = true;
  for (UnitIndex i = commit + 1; i-- > 0;) {
    if (!on[i]) continue;
    for (const UnitIndex parent : space.parents.row(i)) on[parent] = true;
  }
  return on;
}

}  // namespace

Outcome World::outcome(const Configuration& configuration) const {
  std::vector<bool> on(space.size(), true);
  Outcome result;
  if (space.shape == Shape::history) {
    on = switched_on(space, configuration.commit);
    if (std::count(broken.begin(), broken.end(), configuration.commit) > 0) {
      result.kind = OutcomeKind::untestable;
    }
  } else {
    for (const UnitIndex unit : configuration.off) on[unit] = false;
    const auto is_off = [&](UnitIndex unit) { return !on[unit]; };
    if (std::any_of(essential.begin(), essential.end(), is_off)) {
      result.kind = OutcomeKind::untestable;
    }
  }
  double slope = good_end_leaks ? 1000 : 0;
  for (const std::vector<UnitIndex>& culprit : culprits) {
    const auto is_on = [&](UnitIndex unit) { return on[unit]; };
    if (std::all_of(culprit.begin(), culprit.end(), is_on)) slope += 1000;
  }
  result.verdict = slope > 0 ? Verdict::leaking : Verdict::clean;
  result.slope = reports_slopes ? slope : 0;
  result.slope_se = reports_slopes ? 10 : 0;
  return result;
}

Run run(Strategy& strategy, const World& world, const Drive& drive) {
  Run result;
  if (drive.tells_controls) {
    for (const Configuration& end : {bad_end(world.space), good_end(world.space)}) {
      strategy.tell(end, world.outcome(end));
    }
  }
  Dice dice{drive.shuffle};
  std::vector<Configuration> running;
  while (!(result.answer = strategy.answer()) && result.asks.size() <= drive.most_trials) {
    for (Ask& ask : strategy.ask(drive.slots - running.size())) {
      result.log += "ask " + describe(world.space, ask.configuration) + ": " + ask.why + "\n";
      running.push_back(ask.configuration);
      result.asks.push_back(std::move(ask));
    }
    if ((result.answer = strategy.answer())) break;
    if (running.empty()) {
      result.is_stuck = true;
      break;
    }
    const std::size_t ended = drive.shuffle == 0 ? 0 : dice.below(running.size());
    const Configuration configuration = running[ended];
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(ended));
    Outcome outcome = world.outcome(configuration);
    if (drive.meddle) drive.meddle(configuration, outcome);
    result.log += "tell " + describe(world.space, configuration) + "\n";
    strategy.tell(configuration, outcome);
  }
  return result;
}

std::set<std::set<UnitIndex>> accused(const Answer& answer) {
  std::set<std::set<UnitIndex>> result;
  for (const Culprit& culprit : answer.culprits) {
    result.emplace(culprit.units.begin(), culprit.units.end());
  }
  return result;
}

std::string describe(const SearchSpace& space, const Configuration& configuration) {
  if (configuration.shape == Shape::history) {
    return configuration.commit == no_unit ? "at good" : "at " + space.names[configuration.commit];
  }
  const std::vector<UnitIndex> on = units_on(space, configuration);
  const bool names_on = on.size() < configuration.off.size();
  std::string text = names_on ? "on" : "off";
  for (const UnitIndex unit : names_on ? on : configuration.off) text += " " + space.names[unit];
  return text;
}

SearchSpace toggles(std::size_t count) {
  SearchSpace space;
  space.shape = Shape::toggles;
  space.noise = {0, 0};
  for (std::size_t i = 0; i < count; ++i) {
    space.names.push_back(count <= 26 ? std::string(1, static_cast<char>('a' + i))
                                      : "u" + std::to_string(i));
    space.parents.push_row({});
  }
  return space;
}

SearchSpace line(std::size_t count) {
  SearchSpace space;
  space.shape = Shape::history;
  space.noise = {0, 0};
  for (UnitIndex i = 0; i < count; ++i) {
    space.names.push_back("c" + std::to_string(i));
    const UnitIndex before = i - 1;
    space.parents.push_row(std::span(&before, i == 0 ? 0 : 1));
  }
  return space;
}

SearchSpace merges(std::size_t count, std::uint64_t seed) {
  SearchSpace space = line(0);
  Dice dice{seed};
  std::vector<UnitIndex> heads;
  for (UnitIndex i = 0; i < count; ++i) {
    space.names.push_back("c" + std::to_string(i));
    const bool is_last = i + 1 == count;
    std::vector<UnitIndex> row;
    if (heads.empty() || (!is_last && heads.size() < 4 && dice.below(5) == 0)) {
      // A branch from anywhere, or from the good end.
      if (i > 0 && dice.below(4) != 0) row.push_back(static_cast<UnitIndex>(dice.below(i)));
      heads.push_back(i);
    } else {
      const std::size_t chosen = dice.below(heads.size());
      row.push_back(heads[chosen]);
      if (is_last) {
        for (const UnitIndex head : heads) {
          if (head != row[0]) row.push_back(head);
        }
        heads.clear();
      } else if (heads.size() > 1 && dice.below(4) == 0) {
        const std::size_t merged = (chosen + 1) % heads.size();
        row.push_back(heads[merged]);
        heads[chosen] = i;
        heads.erase(heads.begin() + static_cast<std::ptrdiff_t>(merged));
      } else {
        heads[chosen] = i;
      }
    }
    std::sort(row.begin() + (row.empty() ? 0 : 1), row.end());
    space.parents.push_row(row);
  }
  return space;
}

std::uint64_t Dice::next() {
  // splitmix64 (Steele, Lea, Flood 2014)
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace leakbisect::strategies
