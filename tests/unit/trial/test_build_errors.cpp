// The one line of a build's log that says why it failed.

#include "trial/build_errors.hpp"

#include <doctest/doctest.h>

using leakbisect::trial::first_error;

TEST_SUITE("first error of a build") {
  TEST_CASE("a compiler's error, not what make says at last") {
    CHECK(first_error("cc -c a.c\n"
                      "a.c: In function 'f':\n"
                      "a.c:3:5: warning: unused variable 'errors' [-Wunused-variable]\n"
                      "a.c:9:12: error: 'struct s' has no member named 'next'\n"
                      "a.c:10:1: error: expected ';'\n"
                      "make: *** [makefile:10: a.o] Error 1\n") ==
          "a.c:9:12: error: 'struct s' has no member named 'next'");
    CHECK(first_error("a.c:1:10: fatal error: gone.h: No such file or directory\n"
                      "compilation terminated.\nmake: *** [a.o] Error 1\n") ==
          "a.c:1:10: fatal error: gone.h: No such file or directory");
  }
  TEST_CASE("a linker's error") {
    CHECK(first_error("cc -o server a.o b.o\n/usr/bin/ld: a.o: in function `main':\n"
                      "a.c:(.text+0x5): undefined reference to `helper'\n"
                      "collect2: error: ld returned 1 exit status\n"
                      "make: *** [server] Error 1\n") ==
          "a.c:(.text+0x5): undefined reference to `helper'");
  }
  TEST_CASE("make's own, where no tool said anything") {
    CHECK(first_error("cc -c a.c\n"
                      "make: *** No rule to make target 'x.h', needed by 'y.o'.  Stop.\n"
                      "bye\n") ==
          "make: *** No rule to make target 'x.h', needed by 'y.o'.  Stop.");
  }
  TEST_CASE("npm: what happened, before the code of it") {
    CHECK(first_error("> app@1.0.0 build\nnpm ERR! code ETARGET\n"
                      "npm ERR! notarget No matching version found for pad@9.\n") ==
          "npm ERR! notarget No matching version found for pad@9.");
    CHECK(first_error("npm error code ELIFECYCLE\n") == "npm error code ELIFECYCLE");
  }
  TEST_CASE("other tools") {
    CHECK(
        first_error("   Compiling x v0.1\nerror[E0425]: cannot find value `y`\n --> src/a.rs\n") ==
        "error[E0425]: cannot find value `y`");
    CHECK(first_error("src/a.ts(3,7): error TS2322: Type 'x'\n") ==
          "src/a.ts(3,7): error TS2322: Type 'x'");
    CHECK(first_error("sh: 1: gulp: not found\n") == "sh: 1: gulp: not found");
  }
  TEST_CASE("a log without any of these ends in its last line; an empty one in none") {
    CHECK(first_error("working\n  gave up  \n\n") == "gave up");
    CHECK(first_error("").empty());
    CHECK(first_error("\n\n").empty());
    CHECK(first_error(std::string(5000, 'x')).size() == 300);
  }
}
