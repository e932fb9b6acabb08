#include "base/utf8.hpp"
#include "report/headline.hpp"
#include "report/model.hpp"
#include "report/words.hpp"
#include "witness/write.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace leakbisect::report {
namespace {

using nlohmann::json;

json number(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

json texts(const std::vector<std::string>& values) {
  json list = json::array();
  for (const auto& value : values) list.push_back(valid_utf8(value));
  return list;
}

json credible_json(const CulpritRow& row) {
  json list = json::array();
  for (const Candidate& one : row.credible)
    list.push_back({{"unit", valid_utf8(one.unit)}, {"probability", number(one.probability)}});
  return list;
}

json beside_json(const std::vector<stats::Beside>& beside) {
  json list = json::array();
  for (const stats::Beside& one : beside)
    list.push_back({{"metric", metric_name(one.metric)},
                    {slope_key(traits(one.metric).measure), number(one.slope)},
                    {"slope_se", number(one.se)}});
  return list;
}

json parts_json(const std::vector<stats::PartGrowth>& parts) {
  json list = json::array();
  for (const stats::PartGrowth& one : parts)
    list.push_back({{"name", one.name},
                    {slope_key(Measure::bytes), number(one.slope)},
                    {"slope_se", number(one.se)}});
  return list;
}

json followed_json(const stats::Followed& followed) {
  if (!(followed.requests > 0)) return nullptr;
  return {{"requests", number(followed.requests)}, {"grown", number(followed.grown)}};
}

json culprit_json(const CulpritRow& row, Measure measure) {
  // A class without members would say that the culprit is not even equivalent to itself.
  const bool alone = row.equivalents.empty();
  return {
      {"unit", valid_utf8(row.unit)},
      {"description", valid_utf8(row.description)},
      {"probability", number(row.probability)},
      {"class", alone ? texts({row.unit}) : texts(row.equivalents)},
      {"class_probability", number(row.same.size() < 2 ? row.probability : row.class_probability)},
      {"credible_set", credible_json(row)},
      {"credible_probability", number(row.credible_probability)},
      {"tried_apart", valid_utf8(row.tried_apart)},
      {"together", texts(row.together)},
      {slope_key(measure), number(row.slope)},
      {"slope_se", number(row.slope_se)},
      {"beside", beside_json(row.beside)},
      {"parts", parts_json(row.parts)},
      {"grows", parts_json(row.grows)},
      {"pattern", valid_utf8(row.pattern)},
      {"proof", valid_utf8(row.proof)},
      {"place", valid_utf8(row.place)},
      {"followed", followed_json(row.followed)},
      {"share", number(row.share)}};
}

json proof_json(const Proof& proof) {
  json parent = nullptr;
  if (!proof.parent.empty())
    parent = {{"unit", valid_utf8(proof.parent)}, {"is_own_parent", proof.is_own_parent}};
  return {{"done", proof.done},
          {"holds", proof.holds},
          {"leaking_trials", texts(proof.leaking_trials)},
          {"clean_trials", texts(proof.clean_trials)},
          {"parent", parent},
          {"sentence", valid_utf8(proof.sentence)}};
}

// Components have no ends.
json left_json(const Left& left) {
  const auto end = [](const std::string& unit, const std::string& trial) {
    if (trial.empty()) return json(nullptr);
    return json{{"unit", valid_utf8(unit)}, {"trial", valid_utf8(trial)}};
  };
  return {{"sentence", valid_utf8(left.sentence)},
          {"clean", end(left.clean, left.clean_trial)},
          {"leaking", end(left.leaking, left.leaking_trial)},
          {"units", left.units},
          {"of", left.of}};
}

json ranking_json(const std::vector<std::pair<std::string, double>>& ranking) {
  json list = json::array();
  for (const auto& [unit, probability] : ranking)
    list.push_back({{"unit", valid_utf8(unit)}, {"probability", number(probability)}});
  return list;
}

json origin_json(const Origin& origin) {
  return {{"kind", origin_name(origin.kind)},
          {"trial", origin.trial},
          {"sentence", valid_utf8(origin.sentence)}};
}

json drill_json(const Drill& drill, Measure measure) {
  json culprits = json::array();
  for (const auto& row : drill.culprits) culprits.push_back(culprit_json(row, measure));
  json hunks = json::array();
  for (const auto& hunk : drill.hunks)
    hunks.push_back({{"unit", valid_utf8(hunk.unit)},
                     {"description", valid_utf8(hunk.description)},
                     {"text", valid_utf8(hunk.text)}});
  json set_aside = json::array();
  for (const auto& [unit, why] : drill.set_aside)
    set_aside.push_back({{"unit", valid_utf8(unit)}, {"why", valid_utf8(why)}});
  return {{"commit", valid_utf8(drill.commit)},
          {"result", name_of(drill.result)},
          {"sentence", valid_utf8(drill.sentence)},
          {"confidence", number(drill.confidence)},
          {"strategy", valid_utf8(drill.strategy)},
          {"units", drill.units},
          {"culprits", culprits},
          {"hunks", hunks},
          {"ranking", ranking_json(drill.ranking)},
          {"suspects", texts(drill.suspects)},
          {"set_aside", set_aside},
          {"proof", proof_json(drill.proof)},
          {"shown", drill.shown},
          {"seconds", number(drill.spent_s)},
          {"allowed_seconds", number(drill.allowed_s)},
          {"origin", drill.origin ? origin_json(*drill.origin) : json(nullptr)}};
}

json other_drills_json(const Model& model, Measure measure) {
  json drills = json::array();
  for (std::size_t i = 1; i < model.drills.size(); ++i)
    drills.push_back(drill_json(model.drills[i], measure));
  return drills;
}

json twins_json(const Model& model) {
  json twins = json::array();
  for (const TwinRow& twin : model.twins)
    twins.push_back({{"unit", valid_utf8(twin.unit)},
                     {"description", valid_utf8(twin.description)},
                     {"of", valid_utf8(twin.of)},
                     {"why", valid_utf8(twin.why)},
                     {"older", twin.is_older}});
  return twins;
}

// What fills up: a key that is there when something does.
json fillings_json(const Model& model) {
  json fillings = json::array();
  for (const FillingRow& one : model.fillings)
    fillings.push_back({{"unit", one.unit.empty() ? json(nullptr) : json(valid_utf8(one.unit))},
                        {"description", valid_utf8(one.description)},
                        {one.measure == Measure::bytes ? "bytes" : "count", number(one.bytes)},
                        {"seconds", number(one.seconds)},
                        {"not_told_apart", one.is_open},
                        {"trial", valid_utf8(one.trial)}});
  return fillings;
}

// As the first screen, the box of the terminal and report.md have it.
json headline_json(const Model& model) {
  const Headline headline = headline_of(model);
  const auto [a_day, se] = growth_per_day(model);
  return {{"badge", headline.badge},
          {"unit", valid_utf8(headline.unit)},
          {"place", valid_utf8(headline.place)},
          {"size", headline.slope},
          {"per_day", headline.per_day},
          {"growth_per_day", a_day > 0 ? number(a_day) : json(nullptr)},
          {"growth_per_day_se", a_day > 0 ? number(se) : json(nullptr)},
          {"next", valid_utf8(headline.next)},
          {"again", valid_utf8(headline.again)}};
}

json totals_json(const Model& model) {
  const auto [server, build] = spent_by(model);
  return {{"trials", model.trials.size()},
          {"server_seconds", number(server)},
          {"build_seconds", number(build)},
          {"wall_seconds", number(model.wall_seconds)},
          {"budget_seconds", number(model.budget_seconds)}};
}

}  // namespace

json to_json(const Model& model) {
  const Measure measure = per_what(model).measure;
  json culprits = json::array();
  for (const auto& row : model.culprits) culprits.push_back(culprit_json(row, measure));
  json trials = json::array();
  for (const auto& record : model.trials) trials.push_back(trial::to_json(record));
  json progress = json::array();
  for (const auto& point : model.progress)
    progress.push_back({{"trial", valid_utf8(point.trial)},
                        {"suspects", point.suspects},
                        {"top_probability", number(point.top_probability)},
                        {"summary", valid_utf8(point.summary)}});
  json report = {
      {"version", 1},
      {"result", traits(model.result).name},
      {"running", model.running},
      {"sentence", valid_utf8(model.sentence)},
      {"headline", headline_json(model)},
      {"advice", texts(model.advice)},
      {"confidence", number(model.confidence)},
      {"find", valid_utf8(model.find)},
      {"found_end", valid_utf8(model.found_end)},
      {"positive_control",
       model.known_leak.empty() ? json(nullptr) : json(valid_utf8(model.known_leak))},
      {"kind", valid_utf8(model.kind)},
      {"hunt_file", valid_utf8(model.hunt_file.string())},
      {"strategy", valid_utf8(model.strategy)},
      {"seed", model.seed},
      {"culprits", culprits},
      {"ranking", ranking_json(model.ranking)},
      {"none_probability", number(model.none_probability)},
      {"trials", trials},
      {"progress", progress},
      {"totals", totals_json(model)},
      {"proof", proof_json(model.proof)},
      {"left", model.left ? left_json(*model.left) : json(nullptr)},
      {"drill", model.drills.empty() ? json(nullptr) : drill_json(model.drills.front(), measure)},
      {"other_drills", other_drills_json(model, measure)},
      {"twins", twins_json(model)},
      {"warnings", texts(model.warnings)}};
  if (!model.may_fill.empty()) report["may_fill"] = valid_utf8(model.may_fill);
  if (!model.fillings.empty()) report["fillings"] = fillings_json(model);
  if (model.witness) report["witness"] = witness::to_json(*model.witness);
  return report;
}

std::string to_json_text(const Model& model) {
  return to_json(model).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace leakbisect::report
