#include "report/terminal.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::report;

TEST_SUITE("printable") {
  TEST_CASE("escape sequences and control bytes are gone") {
    CHECK(printable("\x1b[31mred\x1b[0m") == "red");
    CHECK(printable("\x1b]0;title\x07text") == "text");
    CHECK(printable("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\") == "link");
    CHECK(printable("\x1bPq\x1b\\a\x1b(Bb\x1b"
                    "7c") == "abc");
    CHECK(printable("\u009b31mred\u0085x") == "red x");
    CHECK(printable(std::string_view("a\0b\x08\x7f", 5)) == "ab");
    CHECK(printable("cut \x1b") == "cut ");
    CHECK(printable("cut \x1b[") == "cut ");
  }
  TEST_CASE("an open control string hides its own line only") {
    CHECK(printable("a\x1b]0;no end\nb") == "a b");
  }
  TEST_CASE("line breaks and tabs are spaces") {
    CHECK(printable("a\nb\tc\rd") == "a b c d");
  }
  TEST_CASE("marks that reorder or hide text are gone") {
    CHECK(printable("a\u202eb\u2066c\u200bd\u2028e\ufefff") == "abcd ef");
  }
  TEST_CASE("what is no UTF-8 is replaced") {
    CHECK(printable("a\xff\xc3") == "a\uFFFD\uFFFD");
    CHECK(printable("\xc2\x1b[31mx") == "\uFFFDx");
  }
  TEST_CASE("text is cut to its columns, wide characters counting two") {
    CHECK(printable("abcdef", 6) == "abcdef");
    CHECK(printable("abcdefg", 6) == "abcde…");
    CHECK(printable("日本語", 6) == "日本語");
    CHECK(printable("日本語x", 6) == "日本…");
    CHECK(printable("e\u0301e\u0301", 2) == "e\u0301e\u0301");
    CHECK(columns_of("日本…") == 5);
  }
}
