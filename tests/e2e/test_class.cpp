// A culprit beside a commit that really does not build: which two it may be, how the hunt tells
// them apart, and how a patch of the user's makes the neighbour build.

#include "repository.hpp"
#include "workshop.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_class {

using nlohmann::json;

namespace {

std::string main_of(const std::string& body) {
  return "#include <stdio.h>\n#include \"leak.h\"\n\nint main(void) {\n" + body +
         "  return 0;\n}\n";
}

json hunt_file() {
  json hunt;
  hunt["subject"] = {{"directory", "app"},
                     {"build", "cc -o leak leak.c"},
                     {"start", "LEAK=$(./leak) exec " LB_NASTY_SERVER " {directory}"},
                     {"env", {{"PORT", "{port}"}}},
                     {"ready", {{"http", "/healthz"}}},
                     {"stop", {{"grace", "300ms"}}}};
  hunt["load"]["http"] = {{"rate", 500}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "300ms"}};
  hunt["units"]["git"] = {{"good", "good"}};
  hunt["search"] = {{"smallest_leak", "1KiB/request"}, {"drill", false}};
  hunt["limits"] = {{"trial", "10s"}, {"memory", "1GiB"}, {"budget", "250s"}};
  return hunt;
}

// Commit 5 does not compile and commit 6 mends it; `where` brings the leak.
struct Planted {
  Planted(const Workshop& shop, int where, bool is_entangled) : history(shop) {
    const std::string line = R"(  printf("%d\n", KIB);)";
    for (int number = 0; number <= 8; ++number) {
      const int kib = number >= where ? 32 : 0;
      const bool is_broken = number == 5;
      history.write("note-" + std::to_string(number) + ".txt", "noted\n");
      history.write("leak.h", "#define KIB " + std::to_string(kib) + "\n");
      // Entangled: the leaking commit changes the very line that the broken one wrote.
      const std::string before = is_entangled && number >= 5 ? "  int unused = 0;\n" : "";
      history.write("leak.c", main_of(before + line + (is_broken ? " oops\n" : "\n")));
      ids.push_back(history.commit("Change " + std::to_string(number)));
      if (number == 0) history.git("tag good");
    }
  }
  Repository history;
  std::vector<std::string> ids;
};

struct Hunted {
  Hunted(const Workshop& shop, const json& hunt) {
    shop.write("hunt.json", hunt.dump(1));
    ran = shop.leakbisect({"run", "hunt.json", "--out", "out"}, 300);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    report = report_in(shop.path() / "out");
    page = read_text(shop.path() / "out/report.html");
  }
  Ran ran;
  json report;
  std::string page;
};

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a leak that came in with a broken neighbour is said to be one of exactly these two") {
  const Workshop shop;
  const Planted planted(shop, 6, true);
  const Hunted hunted(shop, hunt_file());
  const auto& row = hunted.report["culprits"][0];
  const std::string broken = planted.ids[5];
  const std::string mended = planted.ids[6];
  CAPTURE(hunted.ran.out);
  CHECK(row["class"] == json({broken, mended}));
  CHECK(row["unit"] == mended);
  CHECK(row["class_probability"].get<double>() >= 0.98);
  CHECK(row["probability"].get<double>() < 0.6);
  CHECK(says(row["tried_apart"], "put upon " + planted.ids[4].substr(0, 10)));
  const std::string sentence = hunted.report["sentence"];
  CHECK(says(sentence, broken.substr(0, 7)));
  CHECK(says(sentence, mended.substr(0, 7)));
  CHECK(says(sentence,
             "trials cannot tell these apart, since " + broken.substr(0, 10) + " does not build"));
  CHECK(says(hunted.ran.out, "class"));
  CHECK(says(hunted.page, "trials cannot tell these apart"));
  // Who is left at the wanted confidence may stand behind it.
  const std::string named = sentence.substr(0, sentence.find("; with "));
  for (int number = 0; number <= 8; ++number)
    CHECK(says(named, planted.ids[number].substr(0, 7)) == (number == 5 || number == 6));
  const auto& parent = hunted.report["proof"]["parent"];
  CHECK(parent["unit"] == planted.ids[4]);
  CHECK(parent["is_own_parent"] == false);
  CHECK(says(hunted.report["proof"]["sentence"], "the nearest ancestor that can be tested"));
}

TEST_CASE("its change upon what the class is built upon tells them apart") {
  const Workshop shop;
  bool is_broken_guilty = false;
  SUBCASE("it leaks there: it is that commit") {}
  SUBCASE("it does not: it is the broken one") {
    is_broken_guilty = true;
  }
  const Planted planted(shop, is_broken_guilty ? 5 : 6, false);
  const Hunted hunted(shop, hunt_file());
  const auto& row = hunted.report["culprits"][0];
  CAPTURE(hunted.ran.out);
  const std::string named = planted.ids[is_broken_guilty ? 5 : 6];
  CHECK(row["unit"] == named);
  CHECK(row["class"] == json({named}));
  CHECK(row["probability"].get<double>() >= 0.98);
  CHECK(says(row["tried_apart"], is_broken_guilty ? "does not leak" : "leaks as well"));
  CHECK(says(hunted.report["sentence"], named.substr(0, 7)));
  CHECK(hunted.report["proof"]["holds"] == true);
}

TEST_CASE("a patch of the user's makes the neighbour build, and the commit is named alone") {
  const Workshop shop;
  const Planted planted(shop, 5, true);
  const std::string repository = snapshot(shop.path() / "app");
  shop.write("mend.patch",
             "diff --git a/leak.c b/leak.c\n--- a/leak.c\n+++ b/leak.c\n@@ -3,6 +3,6 @@\n \n"
             " int main(void) {\n   int unused = 0;\n-  printf(\"%d\\n\", KIB); oops\n"
             "+  printf(\"%d\\n\", KIB);\n   return 0;\n }\n");
  json hunt = hunt_file();
  hunt["units"]["git"]["fixups"] = {
      {{"from", planted.ids[5]}, {"to", planted.ids[5]}, {"patch", "mend.patch"}}};
  const Hunted hunted(shop, hunt);
  CAPTURE(hunted.ran.out);
  const auto& row = hunted.report["culprits"][0];
  CHECK(row["unit"] == planted.ids[5]);
  CHECK(row["class"] == json({planted.ids[5]}));
  CHECK(row["tried_apart"] == "");
  CHECK(hunted.report["proof"]["parent"]["unit"] == planted.ids[4]);
  CHECK(hunted.report["proof"]["parent"]["is_own_parent"] == true);
  CHECK(snapshot(shop.path() / "app") == repository);
}

}  // namespace leakbisect::e2e::test_class
