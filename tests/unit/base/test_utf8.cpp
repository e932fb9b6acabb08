#include "base/utf8.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;

TEST_SUITE("utf8") {
  TEST_CASE("right text passes through unchanged") {
    const std::string text = "a\u00e9\u20ac\U0001F600\x01 z";
    CHECK(valid_utf8(text) == text);
  }
  TEST_CASE("each wrong byte becomes one replacement character") {
    CHECK(valid_utf8("a\xff"
                     "b") == "a\uFFFDb");
    CHECK(valid_utf8("\xc3") == "\uFFFD");                                    // torn
    CHECK(valid_utf8("\xc0\xaf") == "\uFFFD\uFFFD");                          // longer than needed
    CHECK(valid_utf8("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");                // a surrogate
    CHECK(valid_utf8("\xf4\x90\x80\x80").find('\x90') == std::string::npos);  // past the end
    CHECK(valid_utf8("\xe2\x82(") == "\uFFFD\uFFFD(");
  }
  TEST_CASE("code points are taken one by one") {
    std::string_view text = "\u00e9x";
    CHECK(take_code_point(text) == 0xE9);
    CHECK(take_code_point(text) == U'x');
    CHECK(text.empty());
  }
}
