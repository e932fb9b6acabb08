#include "scratch.hpp"
#include "units/components/patch.hpp"
#include "units/slots/overlay.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::test;

namespace {

// A folder before and after a change, and the change as git writes it.
struct Change {
  Change() {
    fs::create_directories(scratch / "app");
    static_cast<void>(scratch.git("app", "init -q"));
  }
  void before(const std::string& file, const std::string& text) const {
    scratch.write("app/" + file, text);
  }
  std::string patch(const std::string& options = "") const {
    static_cast<void>(scratch.commit("app", "after"));
    // The shell's $() would drop line ends, so git writes the file.
    static_cast<void>(
        scratch.git("app", "diff --output=../change.patch " + options + " HEAD~1 HEAD"));
    return scratch.read("change.patch");
  }
  Scratch scratch;
};

std::string numbered(int from, int to, const std::string& end = "\n") {
  std::string text;
  for (int i = from; i <= to; ++i) text += "line " + std::to_string(i) + end;
  return text;
}

}  // namespace

TEST_SUITE("patches in reverse") {
  TEST_CASE("changed, made, removed and renamed files are as they were") {
    const Change change;
    const std::string old_text = numbered(1, 40);
    std::string new_text = numbered(1, 5) + "added\n" + numbered(7, 30) + numbered(33, 40) + "last";
    change.before("src/a b.js", old_text);
    change.before("gone.txt", "was here\nno newline");
    change.before("old-name.txt", numbered(1, 9));
    change.before("s\xc3\xa9 \"q\"\t.txt", "quoted\n");
    change.before("r\xc3\xa9.txt", numbered(1, 9));
    static_cast<void>(change.scratch.commit("app", "before"));
    change.before("src/a b.js", new_text);
    fs::remove(change.scratch / "app/gone.txt");
    fs::rename(change.scratch / "app/old-name.txt", change.scratch / "app/new-name.txt");
    change.before("s\xc3\xa9 \"q\"\t.txt", "by git\n");
    fs::rename(change.scratch / "app/r\xc3\xa9.txt", change.scratch / "app/r\xc3\xa8 2.txt");
    change.before("made/new.txt", "new\n");
    change.before("made/empty.txt", "");
    for (const char* options : {"", "-U0", "--no-renames", "--minimal -U8"}) {
      CAPTURE(options);
      const std::string patch = change.patch(options);
      units::Overlay overlay(change.scratch / "app");
      REQUIRE(ok(units::reverse_patch(patch, overlay)));
      const auto& changes = overlay.changes();
      CHECK(changes.at("src/a b.js") == old_text);
      CHECK(changes.at("gone.txt") == "was here\nno newline");
      CHECK(changes.at("old-name.txt") == numbered(1, 9));
      CHECK(changes.at("new-name.txt") == std::nullopt);
      CHECK(changes.at("s\xc3\xa9 \"q\"\t.txt") == "quoted\n");
      CHECK(changes.at("r\xc3\xa9.txt") == numbered(1, 9));
      CHECK(changes.at("r\xc3\xa8 2.txt") == std::nullopt);
      CHECK(changes.at("made/new.txt") == std::nullopt);
      CHECK(changes.at("made/empty.txt") == std::nullopt);
      static_cast<void>(change.scratch.git("app", "reset -q --soft HEAD~1"));
    }
  }
  TEST_CASE("a hunk that has moved is found") {
    const Change change;
    change.before("f", numbered(1, 30));
    static_cast<void>(change.scratch.commit("app", "before"));
    change.before("f", numbered(1, 14) + "leak\n" + numbered(15, 30));
    const std::string patch = change.patch();
    change.before("f", "new top\nanother\n" + numbered(1, 14) + "leak\n" + numbered(15, 30));
    units::Overlay overlay(change.scratch / "app");
    REQUIRE(ok(units::reverse_patch(patch, overlay)));
    CHECK(overlay.changes().at("f") == "new top\nanother\n" + numbered(1, 30));
  }
  TEST_CASE("line ends of other systems are kept") {
    const Change change;
    change.before("f", numbered(1, 9, "\r\n"));
    static_cast<void>(change.scratch.commit("app", "before"));
    change.before("f", numbered(1, 4, "\r\n") + "leak\r\n" + numbered(5, 9, "\r\n"));
    const std::string patch = change.patch();
    units::Overlay overlay(change.scratch / "app");
    REQUIRE(ok(units::reverse_patch(patch, overlay)));
    CHECK(overlay.changes().at("f") == numbered(1, 9, "\r\n"));
  }
  TEST_CASE("a plain diff without git's header is read") {
    const Scratch scratch;
    scratch.write("f", "a\nleak\nb\n");
    units::Overlay overlay(scratch.path());
    REQUIRE(ok(units::reverse_patch(
        "--- f\t2024-01-01\n+++ f\t2024-01-02\n@@ -1,2 +1,3 @@\n a\n+leak\n b\n", overlay)));
    CHECK(overlay.changes().at("f") == "a\nb\n");
  }
  TEST_CASE("a patch that does not fit says where, and changes nothing") {
    const Scratch scratch;
    scratch.write("f", "a\nleak\nb\n");
    scratch.write("g", "other\n");
    units::Overlay overlay(scratch.path());
    const std::string good = "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n+leak\n b\n";
    const auto reason = [&](const std::string& patch) {
      const auto undone = units::reverse_patch(patch, overlay);
      REQUIRE(!undone.has_value());
      CHECK(overlay.changes().empty());
      return undone.error().message;
    };
    CHECK(says(reason("--- a/g\n+++ b/g\n@@ -1 +1 @@\n-old\n+new\n" + good), "g", "@@ -1 +1 @@"));
    CHECK(says(reason("--- a/no\n+++ b/no\n@@ -1 +1 @@\n-old\n+new\n"), "no file no"));
    CHECK(says(reason("--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -1 +1 @@\n-o\n+n\n"),
               "leads out"));
    CHECK(says(reason("nothing\n"), "no unified patch"));
    CHECK(says(reason("--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n a\n"), "cut short"));
    CHECK(says(reason("--- a/f\n+++ b/f\n@@ -1,2 +1,1 @@\n+x\n+y\n"), "announces"));
    CHECK(says(reason("diff --git a/f b/h\ncopy from f\ncopy to h\n"), "--no-renames"));
    CHECK(says(reason("diff --git a/i.png b/i.png\nGIT binary patch\n"), "binary"));
    CHECK(says(reason("--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"), "is there"));
  }
}
