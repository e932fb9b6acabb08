#include "strategies/ledger.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace leakbisect::strategies;

namespace {

Outcome measured(Verdict verdict, double llr = 0) {
  return {.kind = OutcomeKind::measured, .verdict = verdict, .llr = llr};
}

}  // namespace

TEST_CASE("a bare verdict weighs as much as the noise allows") {
  const Noise noise{0.05, 0.2};
  CHECK(evidence_weight(measured(Verdict::leaking), noise) ==
        doctest::Approx(std::log(0.8 / 0.05)));
  CHECK(evidence_weight(measured(Verdict::clean), noise) == doctest::Approx(std::log(0.2 / 0.95)));
  CHECK(evidence_weight(measured(Verdict::undecided), noise) == 0);
}

TEST_CASE("a log-likelihood ratio that agrees with the verdict is taken, and capped") {
  const Noise noise{0.05, 0.05};
  CHECK(evidence_weight(measured(Verdict::leaking, 2), noise) == doctest::Approx(2).epsilon(0.01));
  CHECK(evidence_weight(measured(Verdict::leaking, 800), noise) < 9.3);
  CHECK(evidence_weight(measured(Verdict::clean, -800), noise) > -9.3);
  CHECK(evidence_weight(measured(Verdict::clean, 3), noise) < 0);
}

TEST_CASE("trials without a verdict add up until they decide, or are given up") {
  const Configuration at = at_commit(3);
  Ledger ledger(Noise{0.05, 0.05});
  ledger.told(at, measured(Verdict::undecided, 1.6));
  CHECK(ledger.finding(at) == Finding::unknown);
  ledger.told(at, measured(Verdict::undecided, 1.6));
  CHECK(ledger.finding(at) == Finding::leaking);
  const Configuration other = at_commit(4);
  for (int i = 0; i < 3; ++i) ledger.told(other, measured(Verdict::undecided, 0.1));
  CHECK(ledger.finding(other) == Finding::untestable);
}

TEST_CASE("errors and cancelled trials are no evidence") {
  const Configuration at = at_commit(1);
  Ledger ledger(Noise{});
  ledger.asked(at);
  ledger.told(at, {.kind = OutcomeKind::cancelled});
  CHECK_FALSE(ledger.is_pending(at));
  CHECK(ledger.finding(at) == Finding::unknown);
  ledger.told(at, {.kind = OutcomeKind::error});
  CHECK(ledger.finding(at) == Finding::unknown);
}

TEST_CASE("certainty is the product over what a conclusion rests on") {
  Ledger ledger(Noise{0.01, 0.01});
  ledger.told(at_commit(1), measured(Verdict::leaking));
  ledger.told(at_commit(2), measured(Verdict::clean));
  CHECK(ledger.certainty() == 1);
  ledger.rely_on(at_commit(1));
  CHECK(ledger.certainty() == doctest::Approx(0.99));
  ledger.rely_on(at_commit(2));
  CHECK(ledger.certainty() == doctest::Approx(0.99 * 0.99));
}

TEST_CASE("slopes of one configuration are pooled by their precision") {
  Ledger ledger(Noise{});
  Outcome outcome = measured(Verdict::leaking);
  CHECK_FALSE(ledger.slope(at_commit(1)).has_value());
  outcome.slope = 100;
  outcome.slope_se = 10;
  ledger.told(at_commit(1), outcome);
  outcome.slope = 200;
  ledger.told(at_commit(1), outcome);
  CHECK(ledger.slope(at_commit(1))->value == doctest::Approx(150));
  CHECK(ledger.slope(at_commit(1))->error == doctest::Approx(10 / std::sqrt(2)));
}
