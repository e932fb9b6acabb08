// From a decision and a load to an outcome.

#include "trial/measure.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::trial;
using strategies::OutcomeKind;

namespace {

load::Counts answered(std::map<unsigned, std::uint64_t> status) {
  load::Counts counts;
  for (const auto& [code, count] : status) counts.answered += count;
  counts.planned = counts.sent = counts.answered;
  counts.status = status;
  counts.by_request.push_back({"GET /", std::move(status), 0});
  counts.loaded_s = 10;
  return counts;
}

Record decided(load::Counts counts, stats::Verdict verdict) {
  Record record;
  record.counts = std::move(counts);
  record.decision.verdict = verdict;
  const double sign = verdict == stats::Verdict::leaking ? 1 : -1;
  record.decision.lambda = 0.5 + 0.5 * sign;
  record.decision.se = 0.15;
  record.decision.llr = sign * 22;
  record.decision.slope = 1000 * record.decision.lambda;
  record.decision.slope_se = 150;
  return record;
}

load::Normal beside_good() {
  load::Normal normal;
  normal.ends = {answered({{200, 1000}}), answered({{200, 1000}})};
  return normal;
}

}  // namespace

TEST_SUITE("a trial as sure as its load") {
  TEST_CASE("a load that landed changes nothing") {
    Record record = decided(answered({{200, 1000}}), stats::Verdict::leaking);
    weigh_load(record, beside_good());
    CHECK(record.kind == OutcomeKind::measured);
    CHECK(record.decision.llr == 22);
    CHECK(record.load_notes.empty());
  }
  TEST_CASE("a twentieth that failed is named, and the verdict stands") {
    load::Counts counts = answered({{200, 1000}});
    counts.failed = counts.by_request[0].failed = 50;
    counts.sent = counts.planned = 1050;
    Record record = decided(counts, stats::Verdict::leaking);
    weigh_load(record, beside_good());
    CHECK(record.kind == OutcomeKind::measured);
    CHECK(record.decision.verdict == stats::Verdict::leaking);
    CHECK(record.decision.se > 0.15);
    CHECK(record.load_notes.size() == 1);
  }
  TEST_CASE("half of the answers of another kind leave the odds, not the verdict") {
    Record record = decided(answered({{200, 500}, {503, 500}}), stats::Verdict::clean);
    weigh_load(record, beside_good());
    CHECK(record.kind == OutcomeKind::measured);
    CHECK(record.decision.verdict == stats::Verdict::undecided);
    CHECK(record.decision.llr < 0);
    CHECK(record.reason.find("looks clean, but 50.0% of the answers to GET /") == 0);
  }
  TEST_CASE("all answers of another kind are untestable, no answers are worth repeating") {
    Record other = decided(answered({{503, 1000}}), stats::Verdict::clean);
    weigh_load(other, beside_good());
    CHECK(other.kind == OutcomeKind::untestable);
    CHECK(!other.lost);
    load::Counts none;
    none.planned = none.sent = 50;
    Record lost = decided(none, stats::Verdict::clean);
    weigh_load(lost, beside_good());
    CHECK(lost.kind == OutcomeKind::error);
    CHECK(lost.lost);
  }
  TEST_CASE("by itself, a server that answers errors is not called clean unless that is expected") {
    Record record = decided(answered({{500, 1000}}), stats::Verdict::clean);
    weigh_load(record, {});
    CHECK(record.decision.verdict == stats::Verdict::undecided);
    CHECK(record.reason.find("\"expect\": \"5xx\"") != std::string::npos);
    Record leaking = decided(answered({{500, 1000}}), stats::Verdict::leaking);
    weigh_load(leaking, {});
    CHECK(leaking.decision.verdict == stats::Verdict::leaking);
    load::Normal expected;
    expected.expected = {{{500, 599}}};
    Record normal = decided(answered({{500, 1000}}), stats::Verdict::clean);
    weigh_load(normal, expected);
    CHECK(normal.decision.verdict == stats::Verdict::clean);
  }
}
