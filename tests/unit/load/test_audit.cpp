#include "load/lateness.hpp"
#include "load/load.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::load;

namespace {

Counts good(std::uint64_t requests = 1000) {
  Counts counts;
  counts.planned = counts.sent = counts.answered = requests;
  counts.status = {{200, requests}};
  counts.bytes = requests * 500;
  return counts;
}

bool says(const std::optional<std::string>& reason, const std::string& what) {
  return reason && reason->find(what) != std::string::npos;
}

}  // namespace

TEST_SUITE("audit") {
  TEST_CASE("a load that landed passes, with and without a control") {
    CHECK(!audit(good(), std::nullopt));
    CHECK(!audit(good(), good(300)));
  }
  TEST_CASE("under 99% answered does not count, in whatever way they were lost") {
    Counts counts = good();
    counts.sent = counts.planned = 1020;
    counts.failed = 20;
    CHECK(says(audit(counts, good()), "98.0% of 1020 requests were answered (20 failed"));
    counts = good();
    counts.planned = 1020;
    counts.skipped = 20;
    CHECK(says(audit(counts, good()), "20 could not be sent"));
    counts.skipped = 0;
    counts.lateness_max_s = 1.5;
    CHECK(says(audit(counts, good()), "20 could not be sent"));
    counts = good();
    counts.planned = counts.sent = 1005;
    counts.failed = 5;
    CHECK(!audit(counts, good()));
    CHECK(says(audit(Counts{}, good()), "none of 0"));
  }
  TEST_CASE("requests in flight at the end are not held against it") {
    Counts counts = good(200);
    counts.sent = counts.planned = 216;
    CHECK(counts.in_flight() == 16);
    CHECK(!audit(counts, good()));
  }
  TEST_CASE("requests that a short stall holds up at the end are not held against it") {
    Counts counts = good(200);
    counts.planned = 230;
    counts.lateness_max_s = 0.2;
    CHECK(!audit(counts, good()));
  }
  TEST_CASE(
      "late and unsent requests may be the machine's fault; failed and other answers are not") {
    Counts counts = good();
    counts.planned = 1020;
    counts.skipped = 20;
    CHECK(was_held_up(counts));
    counts = good();
    counts.lateness_p99_s = counts.lateness_max_s = 3;
    CHECK(was_held_up(counts));
    counts = good();
    counts.sent = counts.planned = 1020;
    counts.failed = 20;
    CHECK(!was_held_up(counts));
    CHECK(!was_held_up(Counts{}));
    counts = good();
    counts.status = {{500, counts.answered}};
    counts.planned += 1;
    CHECK(!was_held_up(counts));
  }
  TEST_CASE("another mix of statuses than the control's does not count") {
    Counts counts = good();
    counts.status = {{200, 950}, {503, 50}};
    CHECK(says(audit(counts, good()), "status"));
    CHECK(!audit(counts, counts));
    counts.status = {{200, 995}, {503, 5}};
    CHECK(!audit(counts, good()));
    counts.status = {{201, 1000}};
    CHECK(!audit(counts, good()));
    Counts few = good(20);
    few.status = {{200, 19}, {404, 1}};
    CHECK(!audit(few, good()));
  }
  TEST_CASE("without a control a server that only answers 5xx does not count") {
    Counts counts = good();
    counts.status = {{500, 1000}};
    CHECK(says(audit(counts, std::nullopt), "5xx"));
    counts.status = {{404, 1000}};
    CHECK(!audit(counts, std::nullopt));
  }
  TEST_CASE("bodies of another size count: a page without a component is shorter") {
    Counts counts = good();
    counts.bytes = 1000 * 20;
    CHECK(!audit(counts, good()));
  }
  TEST_CASE("a late load does not count, one late request does no harm") {
    Counts counts = good();
    counts.lateness_max_s = 3;
    CHECK(!audit(counts, good()));
    counts.lateness_p99_s = 2.5;
    CHECK(says(audit(counts, good()), "3.0 s late"));
  }
  TEST_CASE("an external load that counts nothing cannot be audited") {
    Counts counts;
    counts.counts_requests = false;
    CHECK(!audit(counts, good()));
    counts.counts_requests = true;
    counts.planned = counts.sent = counts.answered = 50;
    CHECK(!audit(counts, good()));
  }

  TEST_CASE("a load with all requests switched off has landed") {
    Counts counts;
    counts.omitted = 500;
    counts.planned = 2;  // due at this very moment
    CHECK(!audit(counts, good()));
    counts.sent = 10;  // but a server that answers nothing has not
    CHECK(audit(counts, good()));
  }
}

TEST_SUITE("lateness") {
  TEST_CASE("quantiles are upper bounds, at most a fifth too large") {
    Lateness lateness;
    CHECK(lateness.quantile(0.5) == 0);
    for (int k = 1; k <= 1000; ++k) lateness.note(k * 1e-3);
    for (const double q : {0.01, 0.5, 0.9, 0.99, 1.0}) {
      CHECK(lateness.quantile(q) >= q * 0.999);
      CHECK(lateness.quantile(q) <= q * 1.2);
    }
    CHECK(lateness.largest() == 1.0);
  }
  TEST_CASE("early and endless delays stay within the histogram") {
    Lateness lateness;
    lateness.note(-1);
    CHECK(lateness.quantile(1) == 0);
    lateness.note(1e9);
    CHECK(lateness.largest() == 1e9);
    CHECK(lateness.quantile(0.5) <= 1e-6);
  }
}
