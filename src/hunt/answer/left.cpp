#include "hunt/answer/left.hpp"

#include "strategies/commits/culprit_range.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace leakbisect::hunt {

using strategies::Finding;
using strategies::UnitIndex;

namespace {

// All trials of one commit together.
struct Told {
  double weight = 0;  // above 0: it leaks
  std::string trial;  // the last that says so
};

bool counts(const trial::Record& record) {
  using trial::Purpose;
  return record.kind == strategies::OutcomeKind::measured &&
         record.configuration.shape == strategies::Shape::history &&
         record.purpose != Purpose::drill && record.purpose != Purpose::single &&
         record.purpose != Purpose::positive_control &&
         record.decision.verdict != stats::Verdict::undecided;
}

// By commit; the good end is no_unit. A control is as sure as anything.
std::map<UnitIndex, Told> told(const report::Model& model) {
  constexpr double control_weight = 100;
  std::map<UnitIndex, Told> all;
  for (const trial::Record& record : model.trials) {
    if (!counts(record)) continue;
    const double size = trial::is_control(record.purpose)
                            ? control_weight
                            : std::max(0.1, std::abs(record.decision.llr));
    const bool leaks = record.decision.verdict == stats::Verdict::leaking;
    Told& one = all[record.configuration.commit];
    one.weight += leaks ? size : -size;
    if ((one.weight > 0) == leaks) one.trial = record.id;
  }
  return all;
}

std::string name_of(const units::UnitSource& source, UnitIndex unit) {
  const std::string name =
      unit == strategies::no_unit ? source.good_end_name() : source.space().names[unit];
  return name.empty() ? "the good end" : name;
}

std::string end_words(const std::string& name, const char* verdict, const std::string& trial) {
  return fmt::format("{} ({}, {})", units::short_name(name), verdict, trial);
}

// The surest commits narrow the range first; what contradicts them is set aside.
std::optional<report::Left> range_of(const report::Model& model, const units::UnitSource& source,
                                     const strategies::SearchSpace& space) {
  const std::map<UnitIndex, Told> all = told(model);
  std::vector<std::pair<UnitIndex, Told>> surest(all.begin(), all.end());
  std::ranges::stable_sort(surest, [](const auto& a, const auto& b) {
    return std::abs(a.second.weight) > std::abs(b.second.weight);
  });
  strategies::CulpritRange range(space);
  for (const auto& [unit, one] : surest)
    range.learn(unit, one.weight > 0 ? Finding::leaking : Finding::clean, one.weight);
  report::Left left;
  left.units = range.candidates();
  left.of = range.history().size();
  std::size_t newest = 0;
  for (std::size_t p = 0; p < left.of; ++p)
    if (range.is_candidate(p)) newest = p;
  const std::vector<bool> inside = range.history().ancestors(newest);
  // Positions are ordered as the units are: the good end, no_unit, comes last in the map.
  for (const auto& [unit, one] : all) {
    const std::size_t p = unit == strategies::no_unit ? left.of : range.history().position(unit);
    const bool is_older =
        unit == strategies::no_unit || (p < left.of && inside[p] && !range.is_candidate(p));
    if (one.weight < 0 && is_older && (unit != strategies::no_unit || left.clean_trial.empty())) {
      left.clean = name_of(source, unit);
      left.clean_trial = one.trial;
    }
    if (one.weight > 0 && unit != strategies::no_unit && p < left.of && p >= newest &&
        left.leaking_trial.empty()) {
      left.leaking = name_of(source, unit);
      left.leaking_trial = one.trial;
    }
  }
  if (left.clean_trial.empty() || left.leaking_trial.empty()) return std::nullopt;
  left.sentence =
      fmt::format("between {} and {}, {} {}{}", end_words(left.clean, "clean", left.clean_trial),
                  end_words(left.leaking, "leaking", left.leaking_trial), left.units, model.kind,
                  left.units == 1 ? "" : "s");
  return left;
}

}  // namespace

std::optional<report::Left> left_of(const report::Model& model, const units::UnitSource& source,
                                    const strategies::SearchSpace& space) {
  if (space.shape == strategies::Shape::history)
    return model.find == "leak" ? range_of(model, source, space) : std::nullopt;
  if (model.progress.empty()) return std::nullopt;
  report::Left left;
  left.units = model.progress.back().suspects;
  left.of = space.size();
  left.sentence = fmt::format("{} of {} {}s {} still suspects", left.units, left.of, model.kind,
                              left.units == 1 ? "is" : "are");
  return left;
}

}  // namespace leakbisect::hunt
