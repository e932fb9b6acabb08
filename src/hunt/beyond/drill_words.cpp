#include "hunt/beyond/drill_words.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using report::DrillResult;
using strategies::UnitIndex;

namespace {

constexpr double sure_enough = 0.9;       // together, of suspects that are named
constexpr std::size_t most_suspects = 8;  // that a sentence names
constexpr double as_probable = 1.05;      // times another's probability

// "FILE, lines 3 to 9" of "FILE:3-9".
std::string place_of(std::string_view name) {
  std::string unit(name);
  const auto colon = unit.rfind(':');
  if (colon == std::string::npos) return unit;
  const std::string lines = unit.substr(colon + 1);
  const auto dash = lines.find('-');
  if (dash == std::string::npos || lines.find_first_not_of("0123456789-") != std::string::npos)
    return unit;
  const std::string first = lines.substr(0, dash);
  const std::string last = lines.substr(dash + 1);
  if (first == last) return fmt::format("{}, line {}", unit.substr(0, colon), first);
  return fmt::format("{}, lines {} to {}", unit.substr(0, colon), first, last);
}

std::string places_of(const units::UnitSource& source, const HunkSet& units, const char* between) {
  std::vector<std::string> places;
  for (const UnitIndex unit : units) places.push_back(place_of(source.space().names[unit]));
  return fmt::format("{}", fmt::join(places, between));
}

std::string words_of(const units::UnitSource& source, const Accused& accused) {
  std::string words =
      accused.is_class ? fmt::format("one of {} hunks that trials cannot tell apart: {}",
                                     accused.units.size(), places_of(source, accused.units, "; "))
                       : places_of(source, accused.units, " together with ");
  for (const HunkSet& other : accused.beside)
    words += " together with " + places_of(source, other, " together with ");
  return words;
}

void add_hunks(report::Drill& drill, const units::UnitSource& source, const HunkSet& units) {
  for (const UnitIndex unit : units)
    drill.hunks.push_back(
        {std::string(source.space().names[unit]), source.describe(unit), source.text(unit)});
}

// Nothing tells one of them from another.
void name_class(report::CulpritRow& row, const units::UnitSource& source, const Accused& accused) {
  row.class_probability = accused.probability;
  row.probability = accused.probability / static_cast<double>(accused.units.size());
  for (const UnitIndex unit : accused.units) {
    row.equivalents.emplace_back(source.space().names[unit]);
    row.same.push_back({row.equivalents.back(), source.describe(unit), row.probability});
  }
}

report::CulpritRow row_of(const units::UnitSource& source, const Accused& accused) {
  report::CulpritRow row;
  const auto name = [&](UnitIndex unit) { return std::string(source.space().names[unit]); };
  row.unit = name(accused.units.front());
  row.description = source.describe(accused.units.front());
  row.probability = accused.probability;
  if (accused.is_class) name_class(row, source, accused);
  row.slope = accused.slope;
  row.slope_se = accused.slope_se;
  HunkSet together = accused.is_class ? HunkSet{accused.units.front()} : accused.units;
  for (const HunkSet& other : accused.beside) together = joined(together, other);
  if (together.size() > 1)
    for (const UnitIndex unit : together) row.together.push_back(name(unit));
  return row;
}

const char* why_ended(DrillResult result) {
  if (result == DrillResult::budget) return "The budget was spent before its hunk was proven";
  if (result == DrillResult::share)
    return "The drill has cost what it may (search.drill), without a proof";
  if (result == DrillResult::interrupted)
    return "The hunt was interrupted before its hunk was proven";
  if (result == DrillResult::searching) return "Its hunks are still being searched";
  return "Its hunks could not be told apart";
}

// The proof has made one surer than the search's ranking had it: the others share what is left.
void agree_with_proof(report::Drill& drill, const report::CulpritRow& proven) {
  double others = 0;
  bool is_ranked = false;
  for (const auto& [unit, probability] : drill.ranking) {
    if (unit == proven.unit)
      is_ranked = true;
    else
      others += probability;
  }
  if (!is_ranked || !proven.same.empty() || !proven.together.empty()) return;
  const double left = 1 - proven.probability;
  for (auto& [unit, probability] : drill.ranking)
    probability = unit == proven.unit ? proven.probability
                                      : probability * (others > left ? left / others : 1);
}

// All that are ranked are as probable as each other: which of them stands first says nothing.
bool are_alike(const RungBeliefs& beliefs, double together) {
  return together < sure_enough && beliefs.size() > 1 &&
         beliefs.front().second <= as_probable * beliefs.back().second;
}

std::string likeliest_words(const units::UnitSource& source, const HunkSet& units,
                            const RungBeliefs& beliefs, double together) {
  if (units.empty()) return "no trial of them has ended";
  if (are_alike(beliefs, together))
    return fmt::format("about {:.0f} hunks are left, none likelier than another ({:.0f} % each)",
                       1 / beliefs.front().second, 100 * beliefs.front().second);
  if (units.size() > most_suspects || together < sure_enough)
    return fmt::format("the likeliest: {} ({:.0f} %)",
                       places_of(source, beliefs.front().first, "; "),
                       100 * beliefs.front().second);
  const std::string which =
      units.size() > 1 ? fmt::format("one of these {} hunks", units.size()) : "it is likely";
  return fmt::format("{} ({:.0f} %): {}", which, 100 * together, places_of(source, units, "; "));
}

}  // namespace

void name_culprits(report::Drill& drill, const DrillSubject& subject,
                   const std::vector<Accused>& found) {
  const units::UnitSource& source = subject.source;
  const bool is_fix = subject.find == config::Find::fix;
  drill.result = DrillResult::hunk;
  drill.culprits.clear();
  drill.hunks.clear();
  drill.suspects.clear();
  drill.confidence = 1;
  std::string places;
  for (const Accused& accused : found) {
    drill.culprits.push_back(row_of(source, accused));
    drill.confidence *= accused.probability;
    add_hunks(drill, source, accused.units);
    for (const HunkSet& other : accused.beside) add_hunks(drill, source, other);
    places += (places.empty() ? ""
               : is_fix       ? ", and in "
                              : ", and from ") +
              words_of(source, accused);
  }
  if (drill.culprits.size() == 1) agree_with_proof(drill, drill.culprits.front());
  drill.sentence = fmt::format(
      "{}, {} {}.",
      subject.is_merge ? "Of what was changed by hand in this merge" : "Inside the commit",
      is_fix ? "the fix is in" : "the leak comes from", places);
}

void name_suspects(report::Drill& drill, const units::UnitSource& source, DrillResult result,
                   const RungBeliefs& beliefs) {
  drill.result = result;
  drill.suspects.clear();
  drill.hunks.clear();
  drill.confidence = 0;
  HunkSet units;
  for (const auto& [rung, probability] : beliefs) {
    if (drill.confidence >= sure_enough) break;
    units = joined(units, rung);
    drill.confidence += probability;
  }
  for (const UnitIndex unit : units) drill.suspects.emplace_back(source.space().names[unit]);
  add_hunks(drill, source, units.size() <= most_suspects ? units : HunkSet{});
  drill.sentence = fmt::format("{}; {}.", why_ended(result),
                               likeliest_words(source, units, beliefs, drill.confidence));
}

void name_needed(report::Drill& drill, const DrillSubject& subject, DrillResult result,
                 const Accused& needed) {
  const bool is_fix = subject.find == config::Find::fix;
  HunkSet units = needed.units;
  for (const HunkSet& other : needed.beside) units = joined(units, other);
  drill.result = result;
  drill.shown = "off";
  drill.confidence = needed.probability;
  drill.suspects.clear();
  for (const UnitIndex unit : units)
    drill.suspects.emplace_back(subject.source.space().names[unit]);
  drill.hunks.clear();
  add_hunks(drill, subject.source, units);
  const char* why = result == DrillResult::share
                        ? " since the drill has cost what it may (search.drill)"
                    : result == DrillResult::budget      ? " since the budget was spent"
                    : result == DrillResult::interrupted ? " since the hunt was interrupted"
                                                         : "";
  drill.sentence = fmt::format(
      "Inside the commit, the {} needs {}: without it {}, but alone upon the parent it {}. Other "
      "hunks take part, which were not found{}.",
      is_fix ? "fix" : "leak", places_of(subject.source, units, " together with "),
      is_fix ? "the leak goes on" : "memory stays flat",
      is_fix ? "does not end it" : "does not leak", why);
}

void name_whole(report::Drill& drill, const units::UnitSource& source, double confidence,
                const Controls& controls) {
  drill.result = DrillResult::hunk;
  drill.confidence = confidence;
  report::CulpritRow row;
  row.unit = source.space().names.front();
  row.description = source.describe(0);
  row.probability = confidence;
  row.slope = controls.leak_slope;
  row.slope_se = controls.leak_slope_se;
  drill.culprits.push_back(row);
  add_hunks(drill, source, {0});
  drill.sentence = fmt::format("Inside the commit there is only {}.", place_of(row.unit));
}

void name_idle(report::Drill& drill, const units::Inside& inside, const HunkSet& idle) {
  for (const UnitIndex unit : idle)
    drill.set_aside.push_back(
        {std::string(inside.source->space().names[unit]), inside.parts[unit].idle});
}

}  // namespace leakbisect::hunt
