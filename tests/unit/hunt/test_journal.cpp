#include "base/files.hpp"
#include "fakes.hpp"
#include "tests/thinned.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace leakbisect;
using hunt::Header;
using hunt::Journal;
using test::TempFolder;

namespace {

Header header() {
  Header out;
  out.hunt_file = "/somewhere/hunt.json";
  out.hunt_text = "{}";
  out.strategy = "split";
  return out;
}

trial::Record record(const std::string& id) {
  trial::Record out;
  out.id = id;
  out.label = "off: \x1b[31m video \xff";
  out.kind = strategies::OutcomeKind::measured;
  return out;
}

}  // namespace

TEST_SUITE("journal") {
  TEST_CASE("what was appended is there when it is opened again") {
    const TempFolder folder;
    {
      const auto journal = Journal::create(folder.path, header());
      REQUIRE(journal);
      REQUIRE((*journal)->append(record("t1")));
      REQUIRE((*journal)->append(record("t2")));
    }
    const auto again = Journal::open(folder.path);
    REQUIRE(again);
    CHECK((*again)->header().strategy == "split");
    REQUIRE((*again)->finished().size() == 2);
    CHECK((*again)->finished()[1].id == "t2");
  }

  TEST_CASE("finding the rate is of the hunt's time; journals of before it was counted are read") {
    const TempFolder folder;
    {
      const auto journal = Journal::create(folder.path, header());
      REQUIRE(journal);
      REQUIRE((*journal)->note_rate({120, "120 requests/s", 129.5}));
      trial::Record trial = record("t1");
      trial.seconds = 10;
      REQUIRE((*journal)->append(trial));
    }
    const auto again = Journal::open_read_only(folder.path);
    REQUIRE(again);
    REQUIRE((*again)->noted_rate());
    CHECK((*again)->noted_rate()->rate == 120);
    CHECK((*again)->seconds_spent() == doctest::Approx(139.5));
    const auto file = folder.path / "journal.jsonl";
    std::string text = *read_file(file);
    text.replace(text.find(",\"seconds\":129.5"), 16, "");
    std::ofstream(file) << text;
    const auto older = Journal::open_read_only(folder.path);
    REQUIRE(older);
    CHECK((*older)->seconds_spent() == doctest::Approx(10));
  }

  TEST_CASE("what was known of builds before an ask is there again; a later note takes its place") {
    const TempFolder folder;
    {
      const auto journal = Journal::create(folder.path, header());
      REQUIRE(journal);
      REQUIRE((*journal)->note_waits(2, {{7, 0.0}, {9, 1.5}}));
      REQUIRE((*journal)->append(record("t1")));
      REQUIRE((*journal)->note_waits(4, {{7, 0.0}}));
      // The run was cut short and asks again.
      REQUIRE((*journal)->note_waits(3, {}));
      CHECK((*journal)->waits().size() == 2);
    }
    const auto again = Journal::open(folder.path);
    REQUIRE(again);
    CHECK((*again)->finished().size() == 1);
    const std::map<std::size_t, hunt::BuildWaits> noted{{2, {{7, 0.0}, {9, 1.5}}}, {3, {}}};
    CHECK((*again)->waits() == noted);
  }

  TEST_CASE("cut at any byte, it opens with the whole lines that are left") {
    const TempFolder folder;
    const auto file = folder.path / "journal.jsonl";
    {
      const auto journal = Journal::create(folder.path, header());
      REQUIRE(journal);
      REQUIRE((*journal)->append(record("t1")));
      REQUIRE((*journal)->append(record("t2")));
    }
    const std::string whole = read_file(file).value();
    const auto first = whole.find('\n') + 1;
    const auto second = whole.find('\n', first) + 1;
    for (std::size_t cut = first; cut < whole.size(); cut += test::stride) {
      REQUIRE(write_atomic(file, whole.substr(0, cut)));
      const auto journal = Journal::open(folder.path);
      REQUIRE(journal);
      CHECK((*journal)->finished().size() == (cut >= second ? 1u : 0u));
      REQUIRE((*journal)->append(record("t9")));
      const auto seen = Journal::open_read_only(folder.path);
      REQUIRE(seen);
      CHECK((*seen)->finished().back().id == "t9");
    }
  }

  TEST_CASE("damage before the last line is refused by line number") {
    const TempFolder folder;
    {
      const auto journal = Journal::create(folder.path, header());
      REQUIRE(journal);
    }
    const auto file = folder.path / "journal.jsonl";
    REQUIRE(append_synced(file, "{\"type\":\"trial\"\n{\"type\":\"end\"}\n"));
    const auto journal = Journal::open(folder.path);
    REQUIRE(!journal);
    CHECK(journal.error().message.find("journal.jsonl:2:") != std::string::npos);
  }

  TEST_CASE("a folder with a hunt is not begun again, and two do not work in one") {
    const TempFolder folder;
    const auto journal = Journal::create(folder.path, header());
    REQUIRE(journal);
    const auto second = Journal::create(folder.path, header());
    REQUIRE(!second);
    CHECK(second.error().message.find("resume") != std::string::npos);
    const auto busy = Journal::open(folder.path);
    REQUIRE(!busy);
    CHECK(busy.error().message.find("another leakbisect") != std::string::npos);
    CHECK(Journal::open_read_only(folder.path));
  }

  TEST_CASE("an empty or missing journal says what to do") {
    const TempFolder folder;
    CHECK(!Journal::open(folder.path));
    REQUIRE(write_atomic(folder.path / "journal.jsonl", ""));
    const auto empty = Journal::open(folder.path);
    REQUIRE(!empty);
    CHECK(empty.error().message.find("run it again") != std::string::npos);
    CHECK(Journal::create(folder.path, header()));
  }
}
