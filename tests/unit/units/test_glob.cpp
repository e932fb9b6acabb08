#include "units/components/glob.hpp"

#include <doctest/doctest.h>

using leakbisect::units::glob_folder;
using leakbisect::units::glob_matches;

TEST_SUITE("glob") {
  TEST_CASE("wildcards stay within one name") {
    CHECK(glob_matches("*.vue", "Video.vue"));
    CHECK(!glob_matches("*.vue", "a/Video.vue"));
    CHECK(glob_matches("a/?.js", "a/b.js"));
    CHECK(glob_matches("a/?.js", "a/\xc3\xa9.js"));
    CHECK(!glob_matches("a/?.js", "a/bc.js"));
    CHECK(!glob_matches("a?b", "a/b"));
    CHECK(glob_matches("a*b*c", "aXbYbZc"));
    CHECK(!glob_matches("a*b*c", "aXbYbZ"));
    CHECK(glob_matches("**a**", "bab"));
    CHECK(!glob_matches("", "a"));
  }
  TEST_CASE("two stars are any number of folders") {
    CHECK(glob_matches("components/**/*.vue", "components/Video.vue"));
    CHECK(glob_matches("components/**/*.vue", "components/a/b/Video.vue"));
    CHECK(!glob_matches("components/**/*.vue", "pages/Video.vue"));
    CHECK(!glob_matches("components/**/*.vue", "components/Video.js"));
    CHECK(glob_matches("**/x", "x"));
    CHECK(glob_matches("**/x", "a/b/x"));
    CHECK(glob_matches("a/**", "a/b/c"));
    CHECK(!glob_matches("a/**", "a"));
    CHECK(glob_matches("a/**/b/**/c", "a/b/x/b/y/c"));
    CHECK(!glob_matches("a/**/b/**/c", "a/x/y/c"));
  }
  TEST_CASE("no wildcard fits a leading dot") {
    CHECK(!glob_matches("*", ".env"));
    CHECK(!glob_matches("**/*.js", ".cache/a.js"));
    CHECK(!glob_matches("a/**", "a/b/.env"));
    CHECK(glob_matches(".env*", ".env.local"));
    CHECK(glob_matches("**/.env", "a/.env"));
  }
  TEST_CASE("sets, alternatives and escapes") {
    CHECK(glob_matches("[a-c]1", "b1"));
    CHECK(!glob_matches("[!a-c]1", "b1"));
    CHECK(glob_matches("[]x]1", "]1"));
    CHECK(glob_matches("*.{vue,js}", "a.js"));
    CHECK(!glob_matches("*.{vue,js}", "a.ts"));
    CHECK(glob_matches("{a,b/{c,d}}/x", "b/d/x"));
    CHECK(glob_matches("pages/\\[id\\].vue", "pages/[id].vue"));
    CHECK(!glob_matches("pages/[id].vue", "pages/[id].vue"));
    CHECK(glob_matches("a[b", "a[b"));
    CHECK(glob_matches("{a}", "{a}"));
    CHECK(glob_matches("a\\*", "a*"));
    CHECK(!glob_matches("a\\*", "ab"));
  }
  TEST_CASE("many stars do not take forever") {
    const std::string pattern = "**/*a*a*a*a*a*a*a*a*b";
    std::string path;
    for (int i = 0; i < 8; ++i) path += std::string(40, 'a') + "/";
    CHECK(!glob_matches(pattern, path + "c"));
  }
  TEST_CASE("the folder in front of the first wildcard") {
    CHECK(glob_folder("components/**/*.vue") == "components");
    CHECK(glob_folder("a/b/c*") == "a/b");
    CHECK(glob_folder("*.vue").empty());
    CHECK(glob_folder("a/b.vue") == "a");
    CHECK(glob_folder("b.vue").empty());
  }
}
