#include "hunt/ends/needed_units.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

constexpr double probe_s = 1;     // of load: what cannot answer breaks at once
constexpr int most_probes = 200;  // a night is for the search
constexpr std::size_t most_named = 8;

struct NeededUnits {
  std::vector<UnitIndex> units;  // sorted; with all others off it ran
  bool is_complete = true;       // false: there was no time to try some of them by themselves
};

class Finder {
 public:
  Finder(HuntContext& context, const load::Counts& answers)
      : context_(context), answers_(answers), space_(context.space) {}

  asio::awaitable<std::optional<NeededUnits>> run() {
    std::vector<UnitIndex> open = movable();
    bool runs = false;
    while (!runs && !open.empty() && probes_ < most_probes) {
      const auto first = co_await first_broken(open);
      if (!first) co_return std::nullopt;
      spare_.insert(spare_.end(), open.begin(), open.begin() + static_cast<std::ptrdiff_t>(*first));
      const UnitIndex unit = open[*first];
      open.erase(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(*first) + 1);
      const auto needed = co_await is_needed(unit);
      if (!needed) co_return std::nullopt;
      if (*needed) {
        keep(unit);
      } else {
        spare_.push_back(unit);
      }
      const auto free = movable();
      std::erase_if(open, [&](UnitIndex each) { return !std::ranges::binary_search(free, each); });
      if (open.empty() && spare_.empty()) break;
      const auto rest = co_await runs_without(open);
      if (!rest) co_return std::nullopt;
      runs = *rest;
    }
    NeededUnits found;
    found.is_complete = runs;
    if (!runs) needed_.insert(needed_.end(), open.begin(), open.end());
    std::ranges::sort(needed_);
    found.units = std::move(needed_);
    co_return found;
  }

 private:
  std::vector<UnitIndex> movable() const {
    const std::vector<bool> pinned = strategies::pinned_units(space_);
    std::vector<UnitIndex> units;
    for (UnitIndex unit = 0; unit < space_.size(); ++unit)
      if (!pinned[unit]) units.push_back(unit);
    return units;
  }

  void keep(UnitIndex unit) {
    needed_.push_back(unit);
    keep_on(space_, {&unit, 1});
  }

  /// The place of the first of `open` without which, and those before it, nothing runs.
  asio::awaitable<std::optional<std::size_t>> first_broken(const std::vector<UnitIndex>& open) {
    std::size_t run = 0;
    std::size_t broken = open.size();
    while (broken - run > 1) {
      const std::size_t middle = (run + broken) / 2;
      std::vector<UnitIndex> some(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(middle));
      const auto runs = co_await runs_without(std::move(some));
      if (!runs) co_return std::nullopt;
      (*runs ? run : broken) = middle;
    }
    co_return broken - 1;
  }

  /// A server that failed to start by chance must not hide a suspect: once more.
  asio::awaitable<std::optional<bool>> is_needed(UnitIndex unit) {
    const auto runs = co_await runs_without(std::vector<UnitIndex>(1, unit));
    if (!runs) co_return std::nullopt;
    co_return !*runs;
  }

  /// With all of `off` switched off, and what is known to be spare.
  asio::awaitable<std::optional<bool>> runs_without(std::vector<UnitIndex> off) {
    off.insert(off.end(), spare_.begin(), spare_.end());
    ++probes_;
    trial::Plan plan;
    plan.purpose = trial::Purpose::control_good;
    plan.configuration = strategies::without(space_, std::move(off));
    plan.why = "does it run without these?";
    plan.max_load_s = probe_s;
    plan.ends.push_back(answers_);
    plan.look = [](const stats::Series&) {
      stats::Decision decision;
      decision.reason = "it runs";
      return decision;
    };
    const auto record = co_await context_.trials.one(plan);
    if (!record) co_return std::nullopt;
    co_return record->kind == OutcomeKind::measured;
  }

  HuntContext& context_;
  const load::Counts& answers_;
  strategies::SearchSpace space_;
  std::vector<UnitIndex> spare_;
  std::vector<UnitIndex> needed_;
  int probes_ = 0;
};

std::string needed_sentence(const strategies::SearchSpace& space, const NeededUnits& needed) {
  std::vector<std::string> names;
  for (const UnitIndex unit : needed.units) {
    if (names.size() == most_named) break;
    names.emplace_back(space.names[unit]);
  }
  if (needed.units.size() > most_named)
    names.push_back(fmt::format("{} more", needed.units.size() - most_named));
  return fmt::format(
      "nothing runs with {} off: {} not searched, and always_on in the hunt file saves the trials "
      "that found it{}",
      fmt::join(names, " or "),
      needed.units.size() > 1 ? "they stay on and are" : "it stays on and is",
      needed.is_complete ? "" : "; some of them were not tried one by one");
}

}  // namespace

asio::awaitable<bool> find_good_end(HuntContext& context, Controls& controls) {
  const bool is_fix = context.hunt.search.find == config::Find::fix;  // that end has all on
  if (context.space.shape != strategies::Shape::toggles || context.has_own_flat_end() || is_fix)
    co_return false;
  Finder finder(context, controls.bad.counts);
  const auto found = co_await finder.run();
  if (!found) co_return false;
  strategies::SearchSpace space = context.space;
  keep_on(space, found->units);
  strategies::Configuration good = strategies::good_end(space);
  if (good.off.empty()) co_return false;
  context.take_flat_end(std::move(good));
  controls.needed = found->units;
  controls.warning = needed_sentence(space, *found);
  co_return true;
}

void keep_on(strategies::SearchSpace& space, std::span<const UnitIndex> units) {
  space.always_on.resize(space.size(), false);
  for (const UnitIndex unit : units) space.always_on[unit] = true;
}

}  // namespace leakbisect::hunt
