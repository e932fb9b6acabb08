#include "sample.hpp"
#include "trial/record.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

using namespace leakbisect;
using nlohmann::json;

namespace {

trial::Record full_record() {
  auto record = report::measured("t7", {"video", "ads"}, stats::Verdict::leaking, 92979.125);
  record.purpose = trial::Purpose::proof_on;
  record.why = "proves the answer";
  record.reason = "late";
  record.build_seconds = 1.0 / 3;
  record.build_cached = true;
  record.started_at = 1700000000.25;
  record.slot = 3;
  record.counts.sent = UINT64_MAX;
  record.counts.answered = 2350;
  record.counts.failed = 2;
  record.counts.status = {{200, 2349}, {503, 1}};
  record.counts.planned = 2354;
  record.counts.skipped = 2;
  record.counts.lateness_p99_s = 0.004;
  record.counts.lateness_max_s = 0.012;
  record.counts.counts_requests = false;
  record.counts.by_request = {{"GET /", {{200, 2349}, {503, 1}}, 2}};
  record.counts.omitted = 7;
  record.counts.loaded_s = 9.25;
  record.counts.all_busy_s = 0.5;
  record.load_rate = 250;
  record.load_notes = {"3.0% of 2354 requests had no answer"};
  record.host = {9.5, 2, 1.75, 0.5, 0.25, 0.875, 0.125, 1.5};
  record.stage = trial::Stage::load;
  record.sampling = {14.5, 0.2, 10, 124, "rate lowered"};
  record.events = {"1.2 s: process 5 appeared"};
  record.restarts = 2;
  record.followed = {{4711, 123456789012, "node server.js"}};
  record.decision.metric = stats::Metric::settled;
  record.decision.decided_at_s = 9.5;
  record.decision.reason = "grows as the leaking end does";
  return record;
}

json there_and_back(const trial::Record& record) {
  const std::string line = trial::to_json(record).dump();
  const auto read = trial::record_from_json(json::parse(line));
  REQUIRE_MESSAGE(read.has_value(), line);
  return trial::to_json(*read);
}

}  // namespace

TEST_SUITE("trial record") {
  TEST_CASE("what is written is read back exactly") {
    const auto record = full_record();
    CHECK(there_and_back(record) == trial::to_json(record));
    const auto read = trial::record_from_json(trial::to_json(record)).value();
    CHECK(read.configuration == record.configuration);
    CHECK(read.off == record.off);
    CHECK(read.counts.sent == UINT64_MAX);
    CHECK(read.counts.planned == 2354);
    CHECK(read.counts.skipped == 2);
    CHECK(read.counts.by_request.at(0).status.at(503) == 1);
    CHECK(read.load_rate == 250);
    CHECK(read.load_notes == record.load_notes);
    CHECK(read.host.other_cores() == 1);
    CHECK(read.stage == trial::Stage::load);
    CHECK(read.counts.lateness_p99_s == 0.004);
    CHECK(read.decision.slope == record.decision.slope);
    CHECK(read.decision.metric == stats::Metric::settled);
    CHECK(read.build_seconds == record.build_seconds);
    REQUIRE(read.followed.size() == 1);
    CHECK(read.followed.front().start == 123456789012);
    CHECK(trial::followed_words(read) == "process 4711 (node server.js)");
  }
  TEST_CASE("the row has the names of the report's description") {
    const json row = trial::to_json(full_record());
    for (const char* key : {"id", "configuration", "outcome", "verdict", "slope_bytes_per_request",
                            "slope_se", "llr", "requests", "seconds", "build_seconds", "reason"})
      CHECK_MESSAGE(row.contains(key), key);
    CHECK(row.at("configuration") == json{{"off", {"video", "ads"}}});
    CHECK(row.at("units") == json{{"off", {0, 1}}});
    CHECK(row.at("outcome") == "measured");
    CHECK(row.at("verdict") == "leaking");
  }
  TEST_CASE("a slope is in the measure of its metric") {
    auto record = full_record();
    record.decision.metric = stats::Metric::threads;
    const json row = trial::to_json(record);
    CHECK(row.contains("slope_threads_per_request"));
    CHECK(!row.contains("slope_bytes_per_request"));
    CHECK(there_and_back(record) == row);
  }
  TEST_CASE("an empty reason is null") {
    auto record = full_record();
    record.reason.clear();
    CHECK(trial::to_json(record).at("reason").is_null());
    CHECK(there_and_back(record) == trial::to_json(record));
  }
  TEST_CASE("what is not a number is null, and comes back as not a number") {
    auto record = full_record();
    record.decision.lambda = record.decision.se = std::nan("");
    const json row = trial::to_json(record);
    CHECK(row.at("lambda").is_null());
    const auto read = trial::record_from_json(json::parse(row.dump())).value();
    CHECK(std::isnan(read.decision.lambda));
    CHECK(trial::to_json(read) == row);
  }
  TEST_CASE("a trial that did not answer has no verdict, slope or likelihood") {
    auto record = full_record();
    for (const auto kind : {strategies::OutcomeKind::untestable, strategies::OutcomeKind::error,
                            strategies::OutcomeKind::cancelled}) {
      record.kind = kind;
      const json row = trial::to_json(record);
      CHECK(row.at("verdict").is_null());
      CHECK(row.at("llr").is_null());
      CHECK(row.at("slope_bytes_per_request").is_null());
      CHECK(there_and_back(record) == row);
    }
  }
  TEST_CASE("commits keep their sha and their index, the good end has neither") {
    trial::Record record = full_record();
    record.off.clear();
    record.configuration = strategies::at_commit(41);
    record.on_or_commit = {"0123456789abcdef0123456789abcdef01234567"};
    CHECK(trial::to_json(record).at("configuration").at("commit") == record.on_or_commit.front());
    auto read = trial::record_from_json(trial::to_json(record)).value();
    CHECK(read.configuration == record.configuration);
    CHECK(read.on_or_commit == record.on_or_commit);
    record.configuration = strategies::at_commit(strategies::no_unit);
    record.on_or_commit.clear();
    read = trial::record_from_json(trial::to_json(record)).value();
    CHECK(read.configuration == record.configuration);
    CHECK(read.on_or_commit.empty());
  }
  TEST_CASE("names that are no UTF-8 still give JSON, and the indices survive") {
    auto record = full_record();
    record.off = {"a\xff", "b"};
    record.reason = "log says \xc3";
    CHECK(
        trial::record_from_json(json::parse(trial::to_json(record).dump())).value().configuration ==
        record.configuration);
  }
  TEST_CASE("what is no record is refused, with the reason") {
    CHECK(!trial::record_from_json(json::array()));
    json row = trial::to_json(full_record());
    row["outcome"] = "perhaps";
    const auto refused = trial::record_from_json(row);
    REQUIRE(!refused);
    CHECK(refused.error().message.find("\"perhaps\" is no outcome") != std::string::npos);
    for (const char* key : {"id", "units", "load", "verdict", "metric"}) {
      json torn = trial::to_json(full_record());
      torn.erase(key);
      CHECK_MESSAGE(!trial::record_from_json(torn), key);
    }
    json negative = trial::to_json(full_record());
    negative["units"]["off"] = "all";
    CHECK(!trial::record_from_json(negative));
  }
}

TEST_SUITE("evidence") {
  TEST_CASE("a measured trial gives its verdict, likelihood and slope, and what it cost") {
    const auto outcome = trial::evidence(full_record());
    CHECK(outcome.kind == strategies::OutcomeKind::measured);
    CHECK(outcome.verdict == strategies::Verdict::leaking);
    CHECK(outcome.llr == doctest::Approx(8.2));
    CHECK(outcome.slope == doctest::Approx(92979.125));
    CHECK(outcome.slope_se == doctest::Approx(940));
    CHECK(outcome.cost_s == doctest::Approx(12.4 + 1.0 / 3));
  }
  TEST_CASE("other outcomes carry no evidence of a leak, but their cost") {
    auto record = full_record();
    record.kind = strategies::OutcomeKind::untestable;
    const auto outcome = trial::evidence(record);
    CHECK(outcome.kind == strategies::OutcomeKind::untestable);
    CHECK(outcome.verdict == strategies::Verdict::undecided);
    CHECK(outcome.llr == 0);
    CHECK(outcome.slope == 0);
    CHECK(outcome.cost_s > 12);
  }
  TEST_CASE("figures that are not known do not reach the strategy") {
    auto record = full_record();
    record.decision.llr = std::numeric_limits<double>::infinity();
    record.decision.slope_se = std::nan("");
    const auto outcome = trial::evidence(record);
    CHECK(outcome.llr == 0);
    CHECK(outcome.slope == 0);
    CHECK(outcome.slope_se == 0);
  }
}
