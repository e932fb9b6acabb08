// Which hunks need which others, by the names they define and use; files that no server contains.

#include "units/git/hunk_names.hpp"
#include "units/git/idle_files.hpp"

#include <doctest/doctest.h>

using namespace leakbisect::units;

namespace {

HunkText hunk(std::string file, std::vector<std::string> added,
              std::vector<std::string> removed = {}) {
  HunkText text;
  text.file = std::move(file);
  text.added = std::move(added);
  text.removed = std::move(removed);
  return text;
}

std::vector<HunkNeed> needs(const std::vector<HunkText>& hunks, std::set<std::string> known = {}) {
  return needs_among(hunks, [&](const std::set<std::string>&) { return known; });
}

using Pairs = std::vector<HunkNeed>;

}  // namespace

TEST_SUITE("hunk names") {
  TEST_CASE("a field, a function and its calls in C") {
    const std::vector<HunkText> hunks{
        hunk("cache.h", {"  struct entry *spare;"}),
        hunk("cache.c", {"static void keep(struct cache *c) {", "  c->spare = 0;", "}"}),
        hunk("cache.c", {"  keep(&all);"}),
        hunk("other.c", {"  int number = 3;", "  printf(\"keep spare %d\", number);"})};
    CHECK(needs(hunks) == Pairs{{1, 0}, {2, 1}});
  }

  TEST_CASE("a name that the parent's files have is no need") {
    const std::vector<HunkText> hunks{hunk("a.c", {"int count(void) { return 1; }"}),
                                      hunk("b.c", {"  total += count();"})};
    CHECK(needs(hunks) == Pairs{{1, 0}});
    CHECK(needs(hunks, {"count"}).empty());
  }

  TEST_CASE("a prototype and the definition are both needed by a call") {
    const std::vector<HunkText> hunks{hunk("a.h", {"void warm(struct cache *c, int n);"}),
                                      hunk("a.c", {"void warm(struct cache *c, int n) {"}),
                                      hunk("main.c", {"  warm(&cache, 3);"})};
    CHECK(needs(hunks) == Pairs{{2, 0}, {2, 1}});
  }

  TEST_CASE("an import, a class and a call in Python") {
    const std::vector<HunkText> hunks{
        hunk("server.py", {"import weakref"}), hunk("server.py", {"class Key:", "    pass"}),
        hunk("server.py", {"    seen[Key()] = weakref.ref(body)  # not later"}),
        hunk("server.py", {"    later = 1"})};
    CHECK(needs(hunks) == Pairs{{2, 0}, {2, 1}});
  }

  TEST_CASE("an import, a function and a call in JavaScript") {
    const std::vector<HunkText> hunks{
        hunk("server.mjs", {"import { LruMap } from './lru.mjs';"}),
        hunk("server.mjs", {"const recent = new LruMap(10);", "function remember(item) {",
                            "  recent.set(item.id, item);", "}"}),
        hunk("server.mjs", {"  remember(item);"})};
    CHECK(needs(hunks) == Pairs{{1, 0}, {2, 1}});
  }

  TEST_CASE("an import of what the tree has already is needed by its own file") {
    std::vector<HunkText> hunks{hunk("server.py", {"import weakref"}),
                                hunk("server.py", {"    all.add(weakref.ref(body))"}),
                                hunk("other.py", {"    weakref.ref(body)"})};
    const auto names = std::make_shared<const std::set<std::string>>(std::set<std::string>{"all"});
    for (HunkText& text : hunks) text.file_names = names;
    CHECK(needs(hunks, {"weakref", "import"}) == Pairs{{1, 0}});
    const auto has =
        std::make_shared<const std::set<std::string>>(std::set<std::string>{"weakref"});
    for (HunkText& text : hunks) text.file_names = has;
    CHECK(needs(hunks, {"weakref", "import"}).empty());
  }

  TEST_CASE("a type that is named is not defined") {
    const std::vector<HunkText> hunks{hunk("a.h", {"struct visit { int page; };"}),
                                      hunk("a.c", {"static struct visit first;"}),
                                      hunk("b.c", {"  total += first_of(&visit);"})};
    CHECK(needs(hunks) == Pairs{{1, 0}, {2, 0}});
  }

  TEST_CASE("a signature and its calls change together") {
    const std::vector<HunkText> hunks{hunk("a.c", {"int put(struct map *m, int k, int v) {"},
                                           {"int put(struct map *m, int k) {"}),
                                      hunk("b.c", {"  put(m, 1, 2);"}, {"  put(m, 1);"}),
                                      hunk("b.c", {"  put(m, 3, 4);"}),
                                      hunk("c.c", {"  get(m, 3);"})};
    CHECK(needs(hunks, {"put", "get", "m"}) == Pairs{{0, 1}, {1, 0}, {2, 0}});
  }

  TEST_CASE("a function that moves, and one whose last use goes") {
    const std::vector<HunkText> moved{hunk("a.c", {}, {"static int twice(int n) {"}),
                                      hunk("b.c", {"static int twice(int n) {"})};
    CHECK(needs(moved, {"twice"}) == Pairs{{0, 1}, {1, 0}});
    const std::vector<HunkText> gone{hunk("a.c", {}, {"static int twice(int n) {"}),
                                     hunk("b.c", {"  n += n;"}, {"  n = twice(n);"})};
    CHECK(needs(gone, {"twice"}) == Pairs{{0, 1}});
  }

  TEST_CASE("a new file, what includes it, and what builds it") {
    HunkText file = hunk("src/pool.c", {"int pool_size;"});
    file.is_new_file = true;
    const std::vector<HunkText> hunks{hunk("Makefile", {"OBJS = main.o pool.o"}, {"OBJS = main.o"}),
                                      file, hunk("main.c", {"#include \"pool.h\""})};
    CHECK(needs(hunks) == Pairs{{0, 1}, {1, 0}, {2, 1}});
  }

  TEST_CASE("local names of the same spelling join nothing") {
    const std::vector<HunkText> hunks{hunk("a.c", {"  size_t left = 1;", "  left--;"}),
                                      hunk("b.c", {"  size_t left = 2;", "  left--;"})};
    CHECK(needs(hunks).empty());
  }
}

TEST_CASE("files that no server contains are told by their names") {
  for (const char* path : {"README.md", "CHANGELOG", "docs/how.rst", "LICENSE.txt"})
    CHECK(idle_kind(path) == "documentation");
  for (const char* path : {"tests/a.c", "test_server.py", "src/cache_test.go", "web/a.spec.ts"})
    CHECK(idle_kind(path) == "a test");
  CHECK(idle_kind(".github/workflows/ci.yml") == "for a build farm or an editor");
  for (const char* path : {"leak.txt", "CMakeLists.txt", "src/changes.c", "requirements.txt",
                           "data/home.json", "latest.c", "news.py"})
    CHECK(idle_kind(path) == "");
}
