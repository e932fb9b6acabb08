#include "trial/record.hpp"

#include "base/amount.hpp"
#include "base/utf8.hpp"
#include "trial/record_names.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>

namespace leakbisect::trial {
namespace {

using nlohmann::json;
using strategies::OutcomeKind;
using strategies::Shape;

// JSON knows neither NaN nor infinity.
json number(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

// Names come from file systems and servers; JSON must be UTF-8.
json text(std::string_view value) {
  return valid_utf8(value);
}

json text_or_null(std::string_view value) {
  return value.empty() ? json(nullptr) : text(value);
}

json texts(const std::vector<std::string>& values) {
  json list = json::array();
  for (const auto& value : values) list.push_back(text(value));
  return list;
}

json configuration_json(const Record& record) {
  json object = json::object();
  if (record.configuration.shape == Shape::history) {
    object["commit"] =
        record.on_or_commit.empty() ? json(nullptr) : text(record.on_or_commit.front());
    return object;
  }
  object["off"] = texts(record.off);
  if (!record.on_or_commit.empty()) object["on"] = texts(record.on_or_commit);
  return object;
}

// The strategy's own form: indices into the search space, so that a replay needs no names.
json units_json(const strategies::Configuration& configuration) {
  if (configuration.shape == Shape::toggles) return {{"off", configuration.off}};
  const bool end = configuration.commit == strategies::no_unit;
  return {{"commit", end ? json(nullptr) : json(configuration.commit)}};
}

json status_json(const std::map<unsigned, std::uint64_t>& statuses) {
  json object = json::object();
  for (const auto& [code, count] : statuses) object[std::to_string(code)] = count;
  return object;
}

json by_request_json(const load::Counts& counts) {
  json list = json::array();
  for (const load::Answers& entry : counts.by_request)
    list.push_back({{"request", text(entry.request)},
                    {"failed", entry.failed},
                    {"status", status_json(entry.status)}});
  return list;
}

json host_json(const Record& record) {
  const HostLoad& host = record.host;
  return {{"seconds", number(host.seconds)},
          {"cores", number(host.cores)},
          {"busy_cores", number(host.busy_cores)},
          {"server_cores", number(host.server_cores)},
          {"own_cores", number(host.own_cores)},
          {"pressure", number(host.pressure)},
          {"steal", number(host.steal)},
          {"longest_stall_s", number(host.longest_stall_s)},
          {"late_by", late_by_name(late_by(record.counts, host))}};
}

json load_json(const load::Counts& counts, const std::vector<std::string>& notes) {
  return {{"planned", counts.planned},
          {"sent", counts.sent},
          {"answered", counts.answered},
          {"failed", counts.failed},
          {"skipped", counts.skipped},
          {"omitted", counts.omitted},
          {"status", status_json(counts.status)},
          {"requests", by_request_json(counts)},
          {"loaded_s", number(counts.loaded_s)},
          {"all_busy_s", number(counts.all_busy_s)},
          {"notes", texts(notes)},
          {"bytes", counts.bytes},
          {"lateness_p50_s", number(counts.lateness_p50_s)},
          {"lateness_p99_s", number(counts.lateness_p99_s)},
          {"lateness_max_s", number(counts.lateness_max_s)},
          {"counts_requests", counts.counts_requests}};
}

json sampling_json(const probe::Cost& cost) {
  return {{"median_us", number(cost.median_us)},
          {"cpu_s", number(cost.cpu_s)},
          {"rate_hz", number(cost.rate_hz)},
          {"samples", cost.samples},
          {"note", text(cost.note)}};
}

json followed_json(const std::vector<FollowedProcess>& followed) {
  json list = json::array();
  for (const FollowedProcess& one : followed)
    list.push_back({{"pid", one.pid}, {"start", one.start}, {"command", text(one.command)}});
  return list;
}

// A trial that did not answer has no verdict, whatever its curve looked like when it broke off.
void add_decision(json& object, const Record& record) {
  const stats::Decision& decision = record.decision;
  const bool measured = record.kind == OutcomeKind::measured;
  const auto add = [&](const std::string& key, const json& value) {
    object[key] = measured ? value : json(nullptr);
  };
  add("verdict", stats::verdict_name(decision.verdict));
  add("final", decision.final);
  add("lambda", number(decision.lambda));
  add("se", number(decision.se));
  add("llr", number(decision.llr));
  add(slope_key(traits(decision.metric).measure), number(decision.slope));
  add("slope_se", number(decision.slope_se));
  if (decision.slope_spread > 0) add("slope_spread", number(decision.slope_spread));
  add("metric", stats::metric_name(decision.metric));
  add("decided_at_s", number(decision.decided_at_s));
  add("decided_at_requests", number(decision.decided_at_requests));
  add("verdict_reason", text(decision.reason));
}

strategies::Verdict verdict_of(stats::Verdict verdict) {
  switch (verdict) {
    case stats::Verdict::leaking:
      return strategies::Verdict::leaking;
    case stats::Verdict::clean:
      return strategies::Verdict::clean;
    case stats::Verdict::undecided:
      break;
  }
  return strategies::Verdict::undecided;
}

}  // namespace

std::string_view purpose_name(Purpose purpose) {
  return name_in(purpose_names, purpose);
}

namespace {

// "t7" is the seventh trial of its hunt.
double begun_before(const Record& record) {
  const std::string_view id = record.id;
  int number = 1;
  if (id.starts_with('t')) std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return number - 1;
}

}  // namespace

strategies::Outcome evidence(const Record& record) {
  strategies::Outcome outcome;
  outcome.kind = record.kind;
  outcome.cost_s = record.seconds + record.build_seconds;
  outcome.number = begun_before(record);
  if (record.kind != OutcomeKind::measured) return outcome;
  const stats::Decision& decision = record.decision;
  outcome.verdict = verdict_of(decision.verdict);
  if (std::isfinite(decision.llr)) outcome.llr = decision.llr;
  // A slope without its error is no measurement, but 0 +- 0 says "only the verdict is known".
  if (std::isfinite(decision.slope) && std::isfinite(decision.slope_se) && decision.slope_se > 0) {
    outcome.slope = decision.slope;
    outcome.slope_se = decision.slope_se;
    outcome.slope_spread = std::min(decision.slope_spread, decision.slope_se);
  }
  return outcome;
}

std::string followed_words(const Record& record) {
  std::vector<std::string> names;
  names.reserve(record.followed.size());
  for (const FollowedProcess& one : record.followed)
    names.push_back(fmt::format("process {} ({})", one.pid, one.command));
  return fmt::format("{}", fmt::join(names, ", "));
}

json to_json(const Record& record) {
  json object{{"id", text(record.id)},
              {"purpose", purpose_name(record.purpose)},
              {"configuration", configuration_json(record)},
              {"units", units_json(record.configuration)},
              {"label", text(record.label)},
              {"why", text(record.why)},
              {"outcome", name_in(outcome_names, record.kind)},
              {"reason", text_or_null(record.reason)},
              {"stage", name_in(stage_names, record.stage)},
              {"lost", record.lost},
              {"requests", number(record.requests)},
              {"seconds", number(record.seconds)},
              {"build_seconds", number(record.build_seconds)},
              {"build_cached", record.build_cached},
              {"build", text_or_null(build_kind_name(record.build))},
              {"built", record.is_built},
              {"ready_seconds", number(record.ready_seconds)},
              {"started_at", number(record.started_at)},
              {"slot", record.slot},
              {"load", load_json(record.counts, record.load_notes)},
              {"load_rate", number(record.load_rate)},
              {"host", host_json(record)},
              {"sampling", sampling_json(record.sampling)},
              {"events", texts(record.events)},
              {"restarts", record.restarts},
              {"followed", followed_json(record.followed)}};
  if (!record.build_spoilt.empty()) object["build_spoilt"] = text(record.build_spoilt);
  if (record.build_only) object["build_only"] = true;
  if (record.ballast)
    object["ballast"] = {{"bytes_per_request", number(record.ballast->per_request)},
                         {"bytes", number(record.ballast->bytes)},
                         {"place", text(record.ballast->place)}};
  add_decision(object, record);
  return object;
}

}  // namespace leakbisect::trial
