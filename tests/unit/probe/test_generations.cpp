#include "probe/generations.hpp"
#include "probe/source_watch.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace leakbisect;
using probe::Generations;
using probe::Member;

namespace {

constexpr double mb = 1e6;

bool tells(const Generations& generations, const std::string& what) {
  const auto events = generations.events();
  return std::any_of(events.begin(), events.end(), [&](const std::string& event) {
    return event.find(what) != std::string::npos;
  });
}

}  // namespace

TEST_SUITE("generations") {
  TEST_CASE("a single process keeps its pid") {
    Generations tree;
    const std::vector<Member> one{{10, 50 * mb}};
    CHECK(tree.update(0, one) == 10);
    CHECK(tree.update(9, one) == 10);
    CHECK(tree.events().empty());
  }

  TEST_CASE("a growing pool is no restart") {
    Generations tree;
    CHECK(tree.update(0, std::vector<Member>{{10, 5 * mb}}) == 10);
    CHECK(tree.update(1, std::vector<Member>{{10, 5 * mb}, {11, 40 * mb}}) == 10);
    CHECK(tree.update(9, std::vector<Member>{{10, 5 * mb}, {11, 40 * mb}, {12, 40 * mb}}) == 10);
    CHECK(tree.events().size() == 2);
    CHECK(tells(tree, "9.0 s: process 12 appeared"));
  }

  TEST_CASE("a worker that is replaced later changes the pid at its loss and at its return") {
    Generations tree;
    const std::vector<Member> full{{10, 5 * mb}, {11, 40 * mb}, {12, 40 * mb}};
    CHECK(tree.update(0, full) == 10);
    CHECK(tree.update(5, std::vector<Member>{{10, 5 * mb}, {12, 40 * mb}}) == -11);
    CHECK(tree.update(6, std::vector<Member>{{10, 5 * mb}, {12, 40 * mb}}) == -11);
    const std::vector<Member> again{{10, 5 * mb}, {12, 40 * mb}, {19, 2 * mb}};
    CHECK(tree.update(7, again) == 19);
    CHECK(tree.update(8, again) == 19);
    CHECK(tells(tree, "5.0 s: process 11 ended"));
    CHECK(tells(tree, "7.0 s: restarted as process 19"));
  }

  TEST_CASE("a worker replaced between two samples changes the pid once") {
    Generations tree;
    CHECK(tree.update(0, std::vector<Member>{{10, 5 * mb}, {11, 40 * mb}}) == 10);
    CHECK(tree.update(5, std::vector<Member>{{10, 5 * mb}, {15, 4 * mb}}) == 15);
    CHECK(tree.update(6, std::vector<Member>{{10, 5 * mb}, {15, 14 * mb}}) == 15);
  }

  TEST_CASE("a new main process is a restart, however young and small the old one was") {
    Generations tree;
    CHECK(tree.update(0, std::vector<Member>{{10, mb}}) == 10);
    CHECK(tree.update(0.5, std::vector<Member>{{20, mb}}) == 20);
  }

  TEST_CASE("short-lived and small helpers are no restart") {
    Generations tree;
    CHECK(tree.update(0, std::vector<Member>{{10, 50 * mb}}) == 10);
    for (int k = 0; k < 20; ++k) {
      const double t = 1 + k;
      const pid_t helper = static_cast<pid_t>(100 + k);
      CHECK(tree.update(t, std::vector<Member>{{10, 50 * mb}, {helper, 60 * mb}}) == 10);
      CHECK(tree.update(t + 0.5, std::vector<Member>{{10, 50 * mb}}) == 10);
    }
    CHECK(tree.update(30, std::vector<Member>{{10, 50 * mb}, {200, mb}}) == 10);
    CHECK(tree.update(60, std::vector<Member>{{10, 50 * mb}}) == 10);
    CHECK(!tells(tree, "restarted"));
  }

  TEST_CASE("the list of events is bounded and says what it left out") {
    Generations tree;
    tree.update(0, std::vector<Member>{{1, mb}});
    for (int k = 0; k < 2000; ++k) {
      tree.update(k, std::vector<Member>{{1, mb}, {static_cast<pid_t>(10 + k), 1}});
      tree.update(k, std::vector<Member>{{1, mb}});
    }
    CHECK(tree.events().size() < 500);
    CHECK(tree.events().back() == "and 3600 more events");
  }
}

TEST_SUITE("source watch") {
  const Result<> silent = fail("refused");
  const Result<> answer{};

  TEST_CASE("silence before the server runs, or soon after, is not worth a word") {
    Generations events;
    probe::SourceWatch heap("heap", true);
    CHECK(heap.note(50, std::nullopt, silent, events).has_value());
    CHECK(heap.note(55, 50, silent, events).has_value());
    CHECK(events.events().empty());
  }

  TEST_CASE("a source that never answers is a failure when it is needed, else a warning, once") {
    Generations events;
    probe::SourceWatch needed("heap", true);
    const auto failed = needed.note(61, 50, silent, events);
    REQUIRE(failed.has_error());
    CHECK(failed.error().message.find("refused") != std::string::npos);
    probe::SourceWatch wanted("heap", false);
    CHECK(wanted.note(61, 50, silent, events).has_value());
    CHECK(wanted.note(62, 50, silent, events).has_value());
    CHECK(events.events() == std::vector<std::string>{"61.0 s: no heap reading: refused"});
  }

  TEST_CASE("a source that has worked may fall silent and come back") {
    Generations events;
    probe::SourceWatch heap("heap", true);
    CHECK(heap.note(1, 0, answer, events).has_value());
    CHECK(heap.note(70, 0, silent, events).has_value());
    CHECK(heap.note(71, 0, answer, events).has_value());
    CHECK(events.events().size() == 2);
    CHECK(tells(events, "71.0 s: heap readings work again"));
  }
}
