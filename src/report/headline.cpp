#include "report/headline.hpp"

#include "base/quantity.hpp"
#include "report/culprit_words.hpp"
#include "report/terminal.hpp"
#include "report/words.hpp"
#include "units/unit_source.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::report {
namespace {

constexpr double seconds_a_day = 86400;
constexpr std::size_t most_places = 2;

bool is_one_unit(const CulpritRow& row) {
  return row.same.size() < 2 && row.equivalents.size() < 2;
}

std::pair<std::string, std::string> badge_of_culprits(const Model& model) {
  const bool was_found =
      model.result == HuntResult::culprit || model.result == HuntResult::interrupted;
  const bool is_refused = model.proof.done && !model.proof.holds;
  if (is_refused || !model.may_fill.empty()) return {"NOT PROVEN", "open"};
  if (was_found && is_proven(model) && std::ranges::all_of(model.culprits, is_one_unit))
    return {"PROVEN", "leaking"};
  if (model.result == HuntResult::culprit) return {"LIKELY", "leaking"};
  return {"NOT PROVEN", "open"};
}

std::pair<std::string, std::string> badge_of(const Model& model) {
  if (model.running) return {"STILL RUNNING", "open"};
  const HuntResultTraits& what = traits(model.result);
  const bool may_accuse = what.is_open || model.result == HuntResult::culprit;
  if (may_accuse && !model.culprits.empty()) return badge_of_culprits(model);
  if (model.result == HuntResult::clean && ended_it(model)) return {"NOTHING ENDED IT", "clean"};
  return {std::string(what.badge), std::string(what.tone)};
}

std::string unit_words(const Model& model) {
  std::vector<std::string> names;
  for (const CulpritRow& row : model.culprits) names.push_back(who(row));
  return fmt::format("{}", fmt::join(names, "; "));
}

// The lines inside the only culprit, a commit; nothing where no hunk was named.
std::string hunk_words(const Model& model) {
  if (model.culprits.size() != 1 || model.drills.empty()) return "";
  const Drill& drill = model.drills.front();
  std::vector<std::string> places;
  for (const HunkRow& hunk : drill.hunks)
    if (places.size() < most_places) places.push_back(hunk.unit);
  std::string text = fmt::format("{}", fmt::join(places, ", "));
  if (drill.hunks.size() > most_places)
    text += fmt::format(" and {} more", drill.hunks.size() - most_places);
  return text;
}

// Of the only culprit: the lines inside the commit, or the file that the component is.
std::string place_words(const Model& model) {
  if (model.culprits.size() != 1) return "";
  const std::string hunks = hunk_words(model);
  if (hunks.empty()) return model.culprits.front().place;
  const Proof& proof = model.drills.front().proof;
  return proof.done && proof.holds ? hunks : "likely " + hunks;
}

// Of all culprits together, as they are told in their rows.
std::pair<double, double> slope_of_all(const Model& model) {
  double slope = 0;
  double variance = 0;
  for (const CulpritRow& row : model.culprits) {
    slope += row.slope;
    variance += std::isfinite(row.slope_se) ? row.slope_se * row.slope_se : 0;
  }
  return {slope, std::sqrt(variance)};
}

// Bytes per request of one route, and of another, have no sum.
bool has_a_sum(const Model& model) {
  return model.culprits.size() == 1 ||
         std::ranges::all_of(model.culprits,
                             [](const CulpritRow& row) { return row.of_requests >= 1; });
}

std::string slopes_words(const Model& model) {
  if (model.culprits.empty() || !has_a_sum(model)) return "";
  const auto [slope, se] = slope_of_all(model);
  return slope > 0 ? slope_words(slope, se, per_what(model)) : "";
}

std::string day_words(const Model& model) {
  const auto [a_day, se] = growth_per_day(model);
  if (!(a_day > 0)) return "";
  const PerWhat in = per_what(model);
  std::string amount = amount_words(a_day, se, in.measure) + " a day";
  if (in.per == "second") return amount;
  const LoadRate rate = load_rate_of(model);
  const bool is_part = std::ranges::any_of(
      model.culprits, [](const CulpritRow& row) { return row.of_requests < 1; });
  return fmt::format("{} at {}{:.4g} requests/s{}", amount, rate.is_planned ? "" : "about ",
                     rate.per_s, is_part ? " of all routes" : "");
}

std::string look_at(const Model& model, const std::string& place) {
  const CulpritRow& row = model.culprits.front();
  const std::string name = model.culprits.size() == 1 ? units::short_name(row.unit) : "each";
  if (model.kind == "commit") {
    const std::string show = "`git show " + units::short_name(row.unit) + "`";
    const std::string hunks = hunk_words(model);
    return hunks.empty() ? "look at " + show : fmt::format("look at {} in {}", hunks, show);
  }
  if (model.kind == "version") return fmt::format("see what {} changed", name);
  if (ended_it(model)) return fmt::format("see what {} does", name);
  if (model.kind == "route")
    return fmt::format("see what the handler of {} keeps after a request is over", name);
  return fmt::format("see what {} keeps after a request is over",
                     place.empty() || place == row.unit ? name : name + " (" + place + ")");
}

std::string next_words(const Model& model, const std::string& place) {
  if (!model.advice.empty()) return model.advice.front();
  if (model.running) return "";
  if (model.result == HuntResult::culprit) return look_at(model, place);
  if (model.result == HuntResult::clean && !ended_it(model))
    return "where memory grows in production all the same, hunt with its load: "
           "`leakbisect init --access-log FILE`";
  return "";
}

}  // namespace

LoadRate load_rate_of(const Model& model) {
  LoadRate rate;
  std::vector<double> answered;
  for (const trial::Record& record : model.trials) {
    if (record.kind != strategies::OutcomeKind::measured || record.build_only) continue;
    // The last, since it may have been lowered. An oracle is not loaded by us.
    if (record.load_rate > 0 && record.requests > 0) rate.per_s = record.load_rate;
    const double loaded_s = record.seconds - record.ready_seconds;
    if (record.requests > 0 && loaded_s > 0) answered.push_back(record.requests / loaded_s);
  }
  if (rate.per_s > 0 || answered.empty()) return rate;
  const auto middle = answered.begin() + static_cast<std::ptrdiff_t>(answered.size() / 2);
  std::nth_element(answered.begin(), middle, answered.end());
  const double scale = std::pow(10, std::floor(std::log10(*middle)) - 1);
  return {std::round(*middle / scale) * scale, false};  // two digits: it is an estimate
}

std::pair<double, double> growth_per_day(const Model& model) {
  const double rate = per_what(model).per == "second" ? 1 : load_rate_of(model).per_s;
  double growth = 0;
  double variance = 0;
  for (const CulpritRow& row : model.culprits) {
    const double times = rate * row.of_requests * seconds_a_day;
    growth += times * row.slope;
    if (std::isfinite(row.slope_se)) variance += std::pow(times * row.slope_se, 2);
  }
  if (!(rate > 0) || !(growth > 0) || ended_it(model)) return {0, 0};
  return {growth, std::sqrt(variance)};
}

Headline headline_of(const Model& model) {
  Headline line;
  std::tie(line.badge, line.tone) = badge_of(model);
  line.unit = unit_words(model);
  line.place = place_words(model);
  line.slope = slopes_words(model);
  line.per_day = day_words(model);
  line.next = next_words(model, line.place);
  line.again = "leakbisect report " + shell_quote(model.directory.string()) + " --open";
  return line;
}

std::vector<std::pair<std::string, std::string>> rows_of(const Headline& headline, bool is_fix) {
  std::vector<std::pair<std::string, std::string>> rows{
      {is_fix ? "took away" : "leaks", headline.slope},
      {"which is", headline.per_day},
      {"where", headline.place},
      {"next", headline.next},
      {"again", headline.again}};
  std::erase_if(rows, [](const auto& row) { return row.second.empty(); });
  return rows;
}

}  // namespace leakbisect::report
