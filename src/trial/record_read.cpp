#include "base/amount.hpp"
#include "trial/record.hpp"
#include "trial/record_names.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <limits>

namespace leakbisect::trial {
namespace {

using nlohmann::json;
using strategies::Shape;

double number(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

std::string text(const json& value) {
  return value.is_null() ? std::string() : value.get<std::string>();
}

// Names and indices of the configuration; the key tells a history from toggles.
void read_configuration(const json& object, Record& record) {
  const json& names = object.at("configuration");
  const json& units = object.at("units");
  if (names.contains("commit")) {
    record.configuration.shape = Shape::history;
    if (!names.at("commit").is_null()) record.on_or_commit = {text(names.at("commit"))};
    const json& commit = units.at("commit");
    if (!commit.is_null()) record.configuration.commit = commit.get<strategies::UnitIndex>();
    return;
  }
  record.configuration.shape = Shape::toggles;
  record.off = names.at("off").get<std::vector<std::string>>();
  if (names.contains("on")) record.on_or_commit = names.at("on").get<std::vector<std::string>>();
  record.configuration.off = units.at("off").get<std::vector<strategies::UnitIndex>>();
}

// Fails with the word that nobody knows.
template <class Table, class Value>
Result<> read_word(const json& object, const char* key, const Table& table, Value& value) {
  const auto word = object.at(key).get<std::string>();
  const auto known = value_in(table, word);
  if (!known) return fail("\"{}\" is no {}", word, key);
  value = *known;
  return {};
}

Result<> read_decision(const json& object, stats::Decision& decision) {
  const auto verdict = object.at("verdict").get<std::string>();
  bool known = false;
  for (const auto each :
       {stats::Verdict::leaking, stats::Verdict::clean, stats::Verdict::undecided}) {
    if (stats::verdict_name(each) != verdict) continue;
    decision.verdict = each;
    known = true;
  }
  if (!known) return fail("\"{}\" is no verdict", verdict);
  const auto metric = stats::find_metric(object.at("metric").get<std::string>());
  if (!metric) return fail("{} is no metric", object.at("metric").dump());
  decision.metric = *metric;
  decision.final = object.at("final").get<bool>();
  decision.lambda = number(object.at("lambda"));
  decision.se = number(object.at("se"));
  decision.llr = number(object.at("llr"));
  decision.slope = number(object.at(slope_key(traits(*metric).measure)));
  decision.slope_se = number(object.at("slope_se"));
  if (object.contains("slope_spread")) decision.slope_spread = number(object.at("slope_spread"));
  decision.decided_at_s = number(object.at("decided_at_s"));
  decision.decided_at_requests = number(object.at("decided_at_requests"));
  decision.reason = text(object.at("verdict_reason"));
  return {};
}

Result<> read_status(const json& object, std::map<unsigned, std::uint64_t>& statuses) {
  for (const auto& [key, count] : object.items()) {
    unsigned code = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), code);
    if (error != std::errc() || end != key.data() + key.size())
      return fail("\"{}\" is no HTTP status", key);
    statuses[code] = count.get<std::uint64_t>();
  }
  return {};
}

// What journals of an earlier version do not have.
Result<> read_by_request(const json& object, load::Counts& counts) {
  if (object.contains("omitted")) counts.omitted = object.at("omitted").get<std::uint64_t>();
  if (object.contains("loaded_s")) counts.loaded_s = number(object.at("loaded_s"));
  if (object.contains("all_busy_s")) counts.all_busy_s = number(object.at("all_busy_s"));
  if (!object.contains("requests")) return {};
  for (const json& entry : object.at("requests")) {
    load::Answers answers;
    answers.request = text(entry.at("request"));
    answers.failed = entry.at("failed").get<std::uint64_t>();
    if (auto ok = read_status(entry.at("status"), answers.status); !ok) return ok;
    counts.by_request.push_back(std::move(answers));
  }
  return {};
}

Result<> read_load(const json& object, load::Counts& counts) {
  counts.planned = object.at("planned").get<std::uint64_t>();
  counts.sent = object.at("sent").get<std::uint64_t>();
  counts.answered = object.at("answered").get<std::uint64_t>();
  counts.failed = object.at("failed").get<std::uint64_t>();
  counts.skipped = object.at("skipped").get<std::uint64_t>();
  counts.bytes = object.at("bytes").get<std::uint64_t>();
  counts.lateness_p50_s = number(object.at("lateness_p50_s"));
  counts.lateness_p99_s = number(object.at("lateness_p99_s"));
  counts.lateness_max_s = number(object.at("lateness_max_s"));
  counts.counts_requests = object.at("counts_requests").get<bool>();
  if (auto ok = read_status(object.at("status"), counts.status); !ok) return ok;
  return read_by_request(object, counts);
}

void read_host(const json& object, HostLoad& host) {
  host.seconds = number(object.at("seconds"));
  host.cores = number(object.at("cores"));
  host.busy_cores = number(object.at("busy_cores"));
  host.server_cores = number(object.at("server_cores"));
  host.own_cores = number(object.at("own_cores"));
  host.pressure = number(object.at("pressure"));
  host.steal = number(object.at("steal"));
  host.longest_stall_s = number(object.at("longest_stall_s"));
}

void read_sampling(const json& object, probe::Cost& cost) {
  cost.median_us = number(object.at("median_us"));
  cost.cpu_s = number(object.at("cpu_s"));
  cost.rate_hz = number(object.at("rate_hz"));
  cost.samples = object.at("samples").get<std::size_t>();
  cost.note = text(object.at("note"));
}

Result<Record> read(const json& object) {
  Record record;
  record.id = object.at("id").get<std::string>();
  if (auto ok = read_word(object, "purpose", purpose_names, record.purpose); !ok) return ok.error();
  if (auto ok = read_word(object, "outcome", outcome_names, record.kind); !ok) return ok.error();
  read_configuration(object, record);
  record.label = text(object.at("label"));
  record.why = text(object.at("why"));
  record.reason = text(object.at("reason"));
  if (record.kind == strategies::OutcomeKind::measured)
    if (auto ok = read_decision(object, record.decision); !ok) return ok.error();
  record.requests = number(object.at("requests"));
  record.seconds = number(object.at("seconds"));
  record.build_seconds = number(object.at("build_seconds"));
  record.build_cached = object.at("build_cached").get<bool>();
  if (object.contains("stage"))
    if (auto ok = read_word(object, "stage", stage_names, record.stage); !ok) return ok.error();
  if (object.contains("lost")) record.lost = object.at("lost").get<bool>();
  if (object.contains("build")) {
    const std::string kind = text(object.at("build"));
    for (const BuildKind each : {BuildKind::clean, BuildKind::incremental})
      if (kind == build_kind_name(each)) record.build = each;
  }
  if (object.contains("build_spoilt")) record.build_spoilt = text(object.at("build_spoilt"));
  record.is_built = object.value("built", true);
  record.build_only = object.value("build_only", false);
  record.ready_seconds = object.value("ready_seconds", 0.0);
  record.started_at = number(object.at("started_at"));
  record.slot = object.at("slot").get<int>();
  if (auto ok = read_load(object.at("load"), record.counts); !ok) return ok.error();
  if (const json& load = object.at("load"); load.contains("notes"))
    record.load_notes = load.at("notes").get<std::vector<std::string>>();
  if (object.contains("load_rate")) record.load_rate = number(object.at("load_rate"));
  if (object.contains("host")) read_host(object.at("host"), record.host);
  read_sampling(object.at("sampling"), record.sampling);
  record.events = object.at("events").get<std::vector<std::string>>();
  record.restarts = object.at("restarts").get<int>();
  if (object.contains("followed"))
    for (const json& one : object.at("followed"))
      record.followed.push_back({one.at("pid").get<int>(), one.at("start").get<std::uint64_t>(),
                                 one.at("command").get<std::string>()});
  if (const auto kept = object.find("ballast"); kept != object.end())
    record.ballast = Ballast{number(kept->at("bytes_per_request")), number(kept->at("bytes")),
                             kept->at("place").get<std::string>()};
  return record;
}

}  // namespace

Result<Record> record_from_json(const json& object) {
  try {
    auto record = read(object);
    if (!record) return record.error().within("trial record");
    return record;
  } catch (const json::exception& error) {
    return fail("trial record: {}", error.what());
  }
}

}  // namespace leakbisect::trial
