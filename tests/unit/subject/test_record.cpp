#include "subject/record.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::subject;

TEST_CASE("a record is read back as it was written") {
  const Record record{"t7-server-0011", "boot", {10, 11}, {20, 21}, {"/sys/a", "/sys/b"}};
  const auto back = parse_record(to_json(record));
  REQUIRE(back.has_value());
  CHECK(back->marker == record.marker);
  CHECK(back->boot == record.boot);
  CHECK(back->owner == record.owner);
  CHECK(back->main == record.main);
  CHECK(back->groups == record.groups);
}

TEST_CASE("what is no record is nothing") {
  CHECK(!parse_record("").has_value());
  CHECK(!parse_record("[]").has_value());
  CHECK(!parse_record("{\"version\": 2}").has_value());
  CHECK(!parse_record("{\"version\": 1, \"marker\": 5}").has_value());
}

TEST_CASE("markers of one name differ, and suit file names") {
  const std::string one = unique_marker("t7/../ server");
  CHECK(one != unique_marker("t7/../ server"));
  CHECK(one.starts_with("t7_____server-"));
  CHECK(unique_marker("").starts_with("process-"));
  CHECK(is_record_file(record_file("/state", one)));
  CHECK(!is_record_file("/state/journal.json"));
}
