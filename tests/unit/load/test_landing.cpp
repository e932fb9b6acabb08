#include "load/landing.hpp"
#include "load/lateness.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::load;

namespace {

using Statuses = std::map<unsigned, std::uint64_t>;

// One request of the hunt file an entry.
Counts answered(const std::vector<Statuses>& entries) {
  Counts counts;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    counts.by_request.push_back({"GET /" + std::to_string(i), entries[i], 0});
    for (const auto& [status, count] : entries[i]) {
      counts.answered += count;
      counts.status[status] += count;
    }
  }
  counts.planned = counts.sent = counts.answered;
  counts.loaded_s = 10;
  return counts;
}

Counts good(std::uint64_t requests = 1000) {
  return answered({{{200, requests}}});
}

Normal beside(std::vector<Counts> ends) {
  Normal normal;
  normal.ends = std::move(ends);
  return normal;
}

bool says(const Landing& landing, const std::string& what) {
  for (const std::string& note : landing.notes)
    if (note.find(what) != std::string::npos) return true;
  return landing.nothing && landing.nothing->find(what) != std::string::npos;
}

bool is_plain(const Landing& landing) {
  return !landing.nothing && landing.notes.empty() && landing.widening < 0.01;
}

}  // namespace

TEST_SUITE("landing of a load") {
  TEST_CASE("a load that landed tells all, with and without ends") {
    CHECK(is_plain(landing(good(), {})));
    CHECK(is_plain(landing(good(), beside({good(), good()}))));
    CHECK(landing(good(), beside({good(), good()})).widening == 0);
  }

  TEST_CASE("requests without an answer are named and widen the error, and the rest still tells") {
    Counts counts = good();
    counts.sent = counts.planned = 1040;
    counts.failed = counts.by_request[0].failed = 40;
    const Landing few = landing(counts, beside({good(), good()}));
    CHECK(says(few, "3.8% of 1040 requests had no answer (40 failed"));
    CHECK(few.untold == doctest::Approx(40.0 / 1040));
    CHECK(few.widening == doctest::Approx(0.02));
    counts.sent = counts.planned = 2000;
    counts.failed = 1000;
    const Landing half = landing(counts, beside({good(), good()}));
    CHECK(!half.nothing);
    CHECK(half.widening == doctest::Approx(0.5));
  }

  TEST_CASE("nothing can be said where hardly a request was answered, and it may be the moment") {
    Counts none;
    none.planned = none.sent = none.failed = 50;
    CHECK(says(landing(none, {}), "none of 50"));
    CHECK(landing(none, {}).unanswered);
    Counts hardly = good(100);
    hardly.sent = hardly.planned = 1000;
    hardly.failed = 900;
    CHECK(landing(hardly, {}).nothing.has_value());
    CHECK(landing(hardly, {}).unanswered);
  }

  TEST_CASE("requests that were never sent are named, and cost only what their pace does") {
    Counts counts = good();
    counts.planned = 2000;
    counts.skipped = 1000;
    const Landing slow = landing(counts, beside({good(2000), good(2000)}));
    CHECK(says(slow, "1000 could not be sent"));
    CHECK(says(slow, "100.0 requests a second were answered, at the ends 200.0"));
    CHECK(slow.untold == 0);
    CHECK(slow.widening == doctest::Approx(0.15));
    // Where growth is weighed per second, the answers a second are no matter.
    Normal by_time = beside({good(2000), good(2000)});
    by_time.is_by_time = true;
    CHECK(landing(counts, by_time).widening == 0);
    // As slow as the ends were themselves.
    CHECK(landing(counts, beside({good(), good(2000)})).widening == 0);
  }

  TEST_CASE("requests that a short stall holds up at the end are nothing to name") {
    Counts counts = good(200);
    counts.planned = 230;
    counts.lateness_max_s = 0.2;
    CHECK(is_plain(landing(counts, {})));
    counts.lateness_max_s = 1.5;
    CHECK(says(landing(counts, {}), "30 could not be sent"));
  }

  TEST_CASE("late requests are named; one late request is not") {
    Counts counts = good();
    counts.lateness_max_s = 3;
    CHECK(is_plain(landing(counts, {})));
    counts.lateness_p99_s = 2.5;
    CHECK(says(landing(counts, {}), "3.0 s late"));
    CHECK(landing(counts, {}).widening == 0);
  }

  TEST_CASE("what either end answers is normal, request by request") {
    const Counts leaking = answered({{{200, 750}}, {{500, 250}}});
    const Counts flat = answered({{{200, 750}}, {{200, 250}}});
    const Normal normal = beside({flat, leaking});
    CHECK(is_plain(landing(leaking, normal)));
    CHECK(is_plain(landing(flat, normal)));
    CHECK(is_plain(landing(answered({{{200, 750}}, {{200, 125}, {500, 125}}}), normal)));
    // The same total mix, by the other request: neither end does that.
    const Landing other = landing(answered({{{200, 500}, {500, 250}}, {{200, 250}}}), normal);
    CHECK(says(other, "33.3% of the answers to GET /0 had status 5xx, at the ends at most 0.0%"));
    CHECK(other.untold == doctest::Approx(0.25));
  }

  TEST_CASE("a route that one end lacks may answer either way") {
    const Counts early = answered({{{200, 500}}, {{404, 500}}});
    const Normal normal = beside({early, good(500)});
    CHECK(is_plain(landing(early, normal)));
    CHECK(says(landing(answered({{{200, 500}}, {{503, 500}}}), normal), "status 5xx"));
    // Better than the ends: where they were not asked at all, anything is normal.
    CHECK(is_plain(landing(answered({{{200, 500}}, {{200, 500}}}), beside({good(), good()}))));
  }

  TEST_CASE("answers of a kind that neither end gave leave nothing to say when they are most") {
    const Landing broken = landing(answered({{{500, 1000}}}), beside({good(), good()}));
    REQUIRE(broken.nothing);
    CHECK(!broken.unanswered);
    CHECK(says(broken, "100% of the requests"));
  }

  TEST_CASE("another status of the same class, and a few odd answers, are normal") {
    CHECK(is_plain(landing(answered({{{201, 1000}}}), beside({good(), good()}))));
    CHECK(is_plain(landing(answered({{{200, 995}, {503, 5}}}), beside({good(), good()}))));
    CHECK(is_plain(landing(answered({{{200, 19}, {404, 1}}}), beside({good(20), good(20)}))));
  }

  TEST_CASE("the hunt file says what is normal, whatever the ends answer") {
    Normal normal = beside({good(), good()});
    normal.expected = {{{500, 599}, {404, 404}}};
    CHECK(is_plain(landing(answered({{{500, 900}, {404, 100}}}), normal)));
    CHECK(landing(good(), normal).nothing.has_value());
    CHECK(says(landing(answered({{{500, 900}, {200, 100}}}), normal), "not expected"));
  }

  TEST_CASE("a server that only answers 5xx is broken, unless that is expected") {
    const Counts broken = answered({{{500, 1000}}});
    CHECK(mostly_broken(broken, {})->find("100% of the answers had status 5xx") == 0);
    CHECK(!mostly_broken(broken, {{{500, 599}}}));
    CHECK(!mostly_broken(answered({{{404, 1000}}}), {}));
    CHECK(!mostly_broken(answered({{{200, 750}}, {{500, 250}}}), {}));
  }

  TEST_CASE("an external load that counts nothing is taken as it is") {
    Counts counts;
    counts.counts_requests = false;
    CHECK(is_plain(landing(counts, beside({good(), good()}))));
    counts.counts_requests = true;
    counts.planned = counts.sent = counts.answered = 50;
    CHECK(is_plain(landing(counts, beside({good(), good()}))));
  }

  TEST_CASE("a load with all requests switched off has landed") {
    Counts counts;
    counts.omitted = 500;
    counts.planned = 2;  // due at this very moment
    CHECK(is_plain(landing(counts, beside({good()}))));
    counts.sent = 10;  // but a server that answers nothing has not
    CHECK(landing(counts, beside({good()})).nothing.has_value());
  }

  TEST_CASE("a server is overrun when its connections are always busy, not by one stall") {
    Counts counts = good();
    CHECK(!is_overrun(counts));
    counts.lateness_p99_s = counts.lateness_max_s = 4;
    counts.all_busy_s = 4;  // of ten: a stall
    CHECK(!is_overrun(counts));
    counts.all_busy_s = 9.5;
    CHECK(is_overrun(counts));
    counts = good();
    counts.skipped = 200;
    counts.planned += 200;
    CHECK(is_overrun(counts));
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
