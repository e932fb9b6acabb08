#include "base/quantity.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;

TEST_SUITE("quantity") {
  TEST_CASE("sizes are read as people write them") {
    CHECK(parse_bytes("64 KiB").value() == 65536);
    CHECK(parse_bytes("64KB").value() == 64000);
    CHECK(parse_bytes("1.5 GiB").value() == 1.5 * 1024 * 1024 * 1024);
    CHECK(parse_bytes("2M").value() == 2 * 1024 * 1024);
    CHECK(parse_bytes("0").value() == 0);
    CHECK(parse_bytes(" 7 b ").value() == 7);
  }
  TEST_CASE("what is not a size is refused and says what is allowed") {
    for (const char* text : {"", "KiB", "-1 KB", "1 XB", "1 KiBB", "inf", "nan", "1 2", "1e999"}) {
      CAPTURE(text);
      const auto result = parse_bytes(text);
      REQUIRE(!result);
      CHECK(result.error().message.find("KiB") != std::string::npos);
    }
  }
  TEST_CASE("durations are read as people write them") {
    CHECK(parse_duration("90s").value() == 90);
    CHECK(parse_duration("8h").value() == 28800);
    CHECK(parse_duration("1h 30m").value() == 5400);
    CHECK(parse_duration("250ms").value() == 0.25);
    CHECK(parse_duration("1.5 min").value() == 90);
  }
  TEST_CASE("a bare number is no duration") {
    for (const char* text : {"", "90", "s", "-1s", "1 fortnight", "1h 30"}) {
      CAPTURE(text);
      CHECK(!parse_duration(text));
    }
  }
  TEST_CASE("sizes and durations are printed short") {
    CHECK(format_bytes(93000) == "90.8 KiB");
    CHECK(format_bytes(-310) == "-310 B");
    CHECK(format_bytes(1024 * 1024) == "1.00 MiB");
    CHECK(format_duration(0.85) == "850 ms");
    CHECK(format_duration(245) == "4m 05s");
    CHECK(format_duration(4800) == "1h 20m");
  }
}
