#include "report/culprit_words.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::report;

namespace {

CulpritRow row_of(const std::string& unit, double probability) {
  CulpritRow row;
  row.unit = unit;
  row.description = unit + " does things";
  row.probability = probability;
  row.slope = 507;
  row.slope_se = 14;
  return row;
}

Candidate candidate(const std::string& unit, double probability, const std::string& why = "") {
  return {unit, unit + " does things", probability, why};
}

}  // namespace

TEST_SUITE("culprit words") {
  TEST_CASE("a size has one form, and nothing that leaks shrinks") {
    CHECK(slope_words(507, 14, {"request"}) == "507 ± 27 B/request");
    CHECK(slope_words(507, 0, {"second"}) == "507 B/second");
    CHECK(slope_words(39, 19.4, {"request"}) == "39 ± 38 B/request");
    CHECK(slope_words(39, 25, {"request"}) == "39 B/request (0 to 88 B)");
    CHECK(slope_words(1, 0.011, {"request", Measure::threads}) ==
          "1.000 ± 0.022 threads a request");
    CHECK(slope_words(1, 0, {"request", Measure::descriptors}) == "1.0 descriptor a request");
    CHECK(slope_words(2, 0, {"second", Measure::threads}) == "2.0 threads a second");
    CHECK(beside_words({{stats::Metric::threads, 1, 0.01}, {stats::Metric::fds, 2, 0.1}}, {}) ==
          " and 1.0 thread a request and 2.0 descriptors a request");
    CHECK(beside_words({}, {}) == "");
    CHECK(slope_words(0.02, 0.02, {"request", Measure::threads}) ==
          "0.02 threads a request (0 to 0.059 threads)");
  }

  TEST_CASE("one commit that is sure enough is named and nothing else") {
    CulpritRow row = row_of("a", 0.995);
    row.credible = {candidate("a", 0.995)};
    row.credible_probability = 0.995;
    CHECK(culprit_sentence(row, 0.99, {}) ==
          "The leak comes from a does things, 507 ± 27 B/request.");
  }

  TEST_CASE("one that is not has its own probability, and that of the credible set") {
    CulpritRow row = row_of("a", 0.62);
    row.credible = {candidate("a", 0.62), candidate("b", 0.3), candidate("c", 0.073)};
    row.credible_probability = 0.993;
    CHECK(
        culprit_sentence(row, 0.99, {}) ==
        "Most likely the leak comes from a does things (62.0%), 507 ± 27 B/request; with 99.3% it "
        "is one of a, b and c.");
  }

  TEST_CASE("a class says who, why, and the probability of each") {
    CulpritRow row = row_of("b", 0.499);
    row.same = {candidate("a", 0.493, "does not build"), candidate("b", 0.499)};
    row.class_probability = 0.992;
    row.credible = {candidate("b", 0.499), candidate("a", 0.493)};
    row.credible_probability = 0.992;
    CHECK(culprit_sentence(row, 0.99, {}) ==
          "The leak comes from a does things or b does things, 507 ± 27 B/request; trials cannot "
          "tell these apart, since a does not build: 49.3% and 49.9%.");
    SUBCASE("many are counted") {
      for (const char* more : {"c", "d", "e"})
        row.same.push_back(candidate(more, 0.1, "does not build"));
      CHECK(culprit_sentence(row, 0.99, {}) ==
            "The leak comes from one of 5 from a does things to e does things, 507 ± 27 B/request; "
            "trials cannot tell these apart, since 4 of them cannot be tested: 99.2% together.");
    }
  }

  TEST_CASE("only a proof at the commit itself and its own parent makes a doubted one plain") {
    Model model;
    CulpritRow row = row_of("a", 0.62);
    row.credible = {candidate("a", 0.62), candidate("b", 0.37)};
    row.credible_probability = 0.99;
    model.culprits = {row};
    CHECK(answer_sentence(model).starts_with("Most likely the leak comes from a "));
    model.proof.done = model.proof.holds = true;
    CHECK(answer_sentence(model).starts_with("The leak comes from a "));
    model.proof.is_narrow = false;
    CHECK(answer_sentence(model).starts_with("Most likely the leak comes from a "));
  }

  TEST_CASE("of what is not proven no probability is told") {
    Model model;
    model.proof.done = true;
    CulpritRow row = row_of("a", 0.62);
    row.credible = {candidate("a", 0.62), candidate("b", 0.37)};
    row.credible_probability = 0.99;
    CHECK(certainty(model, row, model.proof).empty());
    model.proof.holds = true;
    REQUIRE(certainty(model, row, model.proof).size() == 2);
    CHECK(certainty(model, row, model.proof)[1].second == "99.0% that it is one of a and b");
  }
}
