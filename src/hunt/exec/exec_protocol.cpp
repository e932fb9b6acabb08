#include "hunt/exec/exec_protocol.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

using nlohmann::json;
using strategies::Answer;
using strategies::AnswerKind;
using strategies::Configuration;
using strategies::Culprit;
using strategies::Shape;
using strategies::UnitIndex;

namespace {

constexpr std::size_t most_quoted = 120;

std::string quoted(std::string text) {
  if (text.size() > most_quoted) text = text.substr(0, most_quoted) + "...";
  return valid_utf8(text);
}

std::string dumped(const json& value) {
  return quoted(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::optional<double> probability(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return std::clamp(found->get<double>(), 0.0, 1.0);
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Result<std::vector<UnitIndex>> read_units(const json& list, const UnitNames& names) {
  std::vector<UnitIndex> units;
  const json single = json::array({list});
  for (const json& value : list.is_array() ? list : single) {
    const auto unit = names.find(value);
    if (!unit) return unit.error();
    units.push_back(*unit);
  }
  return units;
}

Result<Configuration> read_configuration(const json& trial, const UnitNames& names) {
  const strategies::SearchSpace& space = names.space();
  if (space.shape == Shape::history) {
    if (!trial.contains("commit")) return fail("a trial without \"commit\": {}", dumped(trial));
    if (trial["commit"].is_null()) return strategies::at_commit(strategies::no_unit);
    const auto unit = names.find(trial["commit"]);
    if (!unit) return unit.error();
    return strategies::at_commit(*unit);
  }
  if (!trial.contains("off") && !trial.contains("on"))
    return fail("a trial with neither \"off\" nor \"on\": {}", dumped(trial));
  const bool is_on = !trial.contains("off");
  const auto units = read_units(is_on ? trial["on"] : trial["off"], names);
  if (!units) return units.error();
  if (is_on) return strategies::with_only(space, *units);
  const std::vector<bool> pinned = strategies::pinned_units(space);
  for (const UnitIndex unit : *units)
    if (pinned[unit]) return fail("unit \"{}\" is always on", space.names[unit]);
  return strategies::without(space, *units);
}

Result<std::vector<Reply::Trial>> read_trials(const json& list, const UnitNames& names) {
  std::vector<Reply::Trial> trials;
  if (!list.is_array()) return fail("\"trials\" is no array: {}", dumped(list));
  for (const json& one : list) {
    if (!one.is_object()) return fail("a trial that is no object: {}", dumped(one));
    const auto configuration = read_configuration(one, names);
    if (!configuration) return configuration.error();
    Reply::Trial trial;
    trial.key = text_of(one, "key");
    trial.ask.configuration = *configuration;
    trial.ask.why = quoted(text_of(one, "why"));
    trial.ask.bits =
        one.contains("bits") && one["bits"].is_number() ? one["bits"].get<double>() : 0;
    trials.push_back(std::move(trial));
  }
  return trials;
}

// "answer" lists culprits: a unit leaks by itself, an array of units only together.
Result<Answer> read_answer(const json& done, const UnitNames& names) {
  Answer answer;
  if (!done.is_object()) return fail("\"done\" is no object: {}", dumped(done));
  answer.confidence = probability(done, "conf").value_or(0);
  answer.reason = quoted(text_of(done, "reason"));
  const json list = done.value("answer", json::array());
  for (const json& one : list.is_array() ? list : json::array({list})) {
    const auto units = read_units(one, names);
    if (!units) return units.error();
    if (units->empty()) continue;
    answer.culprits.push_back(Culprit{*units, answer.confidence, {}});
  }
  if (!answer.culprits.empty() && done.contains("class")) {
    const auto same = read_units(done["class"], names);
    if (!same) return same.error();
    answer.culprits.front().equivalents = *same;
    std::ranges::sort(answer.culprits.front().equivalents);
  }
  const std::string kind = text_of(done, "kind");
  answer.kind = !answer.culprits.empty()   ? AnswerKind::culprit
                : kind == "good_end_leaks" ? AnswerKind::good_end_leaks
                : kind == "undecided"      ? AnswerKind::undecided
                                           : AnswerKind::none;
  return answer;
}

Result<> read_state(const json& state, const UnitNames& names, Reply& reply) {
  if (!state.is_object()) return {};
  reply.confidence = probability(state, "conf");
  const json top = state.value("top", json::array());
  for (const json& pair : top) {
    if (!pair.is_array() || pair.size() != 2 || !pair[1].is_number())
      return fail("\"top\" holds {}, not [unit, probability]", dumped(pair));
    const auto unit = names.find(pair[0]);
    if (!unit) return unit.error();
    if (reply.top.size() < strategies::longest_ranking)
      reply.top.emplace_back(*unit, std::clamp(pair[1].get<double>(), 0.0, 1.0));
  }
  return {};
}

}  // namespace

UnitNames::UnitNames(const strategies::SearchSpace& space) : space_(space) {
  for (UnitIndex unit = 0; unit < space.size(); ++unit) index_.emplace(space.names[unit], unit);
}

Result<UnitIndex> UnitNames::find(const json& value) const {
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (number >= 0 && static_cast<std::uint64_t>(number) < space_.size())
      return static_cast<UnitIndex>(number);
  } else if (value.is_string()) {
    const auto found = index_.find(value.get_ref<const std::string&>());
    if (found != index_.end()) return found->second;
  }
  return fail("no unit is called {} (there are {})", dumped(value), space_.size());
}

json weights_by_name(const strategies::SearchSpace& space, const std::vector<double>& weights) {
  json object = json::object();
  for (std::size_t i = 0; i < weights.size(); ++i) object[valid_utf8(space.names[i])] = weights[i];
  return object;
}

json units_json(const strategies::SearchSpace& space) {
  json units = json::array();
  for (const std::string& name : space.names) units.push_back(valid_utf8(name));
  json edges = json::array();
  json always_on = json::array();
  for (UnitIndex unit = 0; unit < space.size(); ++unit) {
    for (const UnitIndex parent : strategies::parents_of(space, unit))
      edges.push_back({unit, parent});
    if (space.is_always_on(unit)) always_on.push_back(unit);
  }
  json groups = json::array();
  for (const std::string& group : space.groups) groups.push_back(valid_utf8(group));
  return {{"units", units},
          {"edges", edges},
          {"always_on", always_on},
          {"groups", groups},
          {"prior", weights_by_name(space, space.prior)}};
}

json trial_json(const strategies::SearchSpace& space, const Configuration& configuration) {
  if (configuration.shape == Shape::toggles) return {{"off", configuration.off}};
  const bool is_end = configuration.commit == strategies::no_unit;
  return {{"commit", is_end ? json(nullptr) : json(valid_utf8(space.names[configuration.commit]))}};
}

json outcome_json(const strategies::Outcome& outcome) {
  using strategies::OutcomeKind;
  using strategies::Verdict;
  const bool is_measured = outcome.kind == OutcomeKind::measured;
  json object{{"outcome", is_measured                               ? "measured"
                          : outcome.kind == OutcomeKind::untestable ? "untestable"
                          : outcome.kind == OutcomeKind::cancelled  ? "cancelled"
                                                                    : "error"},
              {"cost_s", outcome.cost_s}};
  if (!is_measured) return object;
  object["verdict"] = outcome.verdict == Verdict::leaking ? "leaking"
                      : outcome.verdict == Verdict::clean ? "clean"
                                                          : "undecided";
  object["llr"] = outcome.llr;
  if (outcome.slope_se > 0) {
    object["slope"] = outcome.slope;
    object["se"] = outcome.slope_se;
    if (outcome.slope_spread > 0) object["spread"] = outcome.slope_spread;
  }
  return object;
}

Result<std::optional<Reply>> read_reply(const std::string& line, const UnitNames& names) {
  const json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return fail("it says no JSON object but: {}", quoted(line));
  Reply reply;
  if (object.contains("state"))
    if (auto read = read_state(object["state"], names, reply); !read) return read.error();
  if (object.contains("done")) {
    auto answer = read_answer(object["done"], names);
    if (!answer) return answer.error();
    reply.done = std::move(*answer);
    return std::optional(reply);
  }
  if (object.contains("trials")) {
    auto trials = read_trials(object["trials"], names);
    if (!trials) return trials.error();
    reply.trials = std::move(*trials);
    return std::optional(reply);
  }
  if (object.contains("error")) return fail("it says: {}", quoted(text_of(object, "error")));
  reply.wait = object.contains("wait") && object["wait"] == true;
  if (reply.wait) return std::optional(reply);
  if (object.contains("ok")) return std::optional<Reply>{};
  return fail("it says none of trials, done and wait: {}", quoted(line));
}

}  // namespace leakbisect::hunt
