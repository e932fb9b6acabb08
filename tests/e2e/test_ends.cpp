// Ends of all kinds with the real binary: a hunt for what ended a leak, ends the other way round, a
// good end that nobody named, and `measure` of any commit.

#include "repository.hpp"
#include "workshop.hpp"

#include <doctest/doctest.h>

namespace leakbisect::e2e::test_ends {

using nlohmann::json;

namespace {

// One commit of a server that leaks leak.txt KiB a request; number.txt is another file.
void commit(const Repository& history, int number, int leak) {
  history.write("number.txt", std::to_string(number) + "\n");
  history.write("leak.txt", std::to_string(leak) + "\n");
  history.commit("Change " + std::to_string(number));
}

json server_hunt() {
  json hunt;
  hunt["subject"] = {{"directory", "app"},
                     {"start", "LEAK=$(cat leak.txt) exec " LB_NASTY_SERVER " {directory}"},
                     {"env", {{"PORT", "{port}"}}},
                     {"ready", {{"http", "/healthz"}}},
                     {"stop", {{"grace", "300ms"}}}};
  hunt["load"]["http"] = {{"rate", 500}};
  hunt["memory"] = {{"metric", "anon"}, {"warmup", "300ms"}};
  hunt["search"]["smallest_leak"] = "1KiB/request";
  hunt["limits"] = {{"trial", "10s"}, {"memory", "1GiB"}, {"budget", "250s"}};
  return hunt;
}

json oracle_hunt() {
  json hunt;
  hunt["oracle"]["command"] =
      "leak=$(git -C app show {commit}:leak.txt); echo '{\"slope\": '$leak', \"se\": 1}'";
  return hunt;
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("the commit that ended a leak is found, proven and opened") {
  const Workshop shop;
  const Repository history(shop);
  for (int number = 0; number <= 8; ++number) commit(history, number, number < 5 ? 32 : 0);
  json hunt = server_hunt();
  hunt["units"]["git"] = {{"old", "main~8"}, {"new", "main"}};
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--fix", "--out", "out"}, 250);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const json report = report_in(shop.path() / "out");
  CHECK(report["find"] == "fix");
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == history.git("rev-parse main~3"));
  CHECK(report["culprits"][0]["slope_bytes_per_request"] ==
        doctest::Approx(32 * 1024).epsilon(0.2));
  CHECK(says(report["sentence"], "The leak was ended by"));
  CHECK(says(report["proof"]["sentence"], "at its parent memory grows ("));
  CHECK(report["drill"]["culprits"][0]["unit"] == "leak.txt:1-1");
  CHECK(says(report["drill"]["sentence"], "the fix is in leak.txt, line 1"));
  CHECK(says(read_text(shop.path() / "out/report.html"), "The leak was ended by"));
  // The journal knows what was looked for.
  const Ran again = shop.leakbisect({"status", "out"});
  CHECK(says(again.out, "The leak was ended by"));
  CHECK(processes_naming(shop.path().string()).empty());
}

TEST_CASE("without --fix the same ends are told as the other way round, in seconds") {
  const Workshop shop;
  const Repository history(shop);
  for (int number = 0; number <= 8; ++number) commit(history, number, number < 5 ? 32 : 0);
  json hunt = server_hunt();
  hunt["units"]["git"] = {{"good", "main~8"}, {"bad", "main"}};
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"}, 250);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  CHECK(ran.code == 5);
  const json report = report_in(shop.path() / "out");
  CHECK(report["result"] == "reversed");
  CHECK(report["trials"].size() == 2);
  CHECK(says(ran.out, "the ends are the other way round: the good end leaks ("));
  CHECK(says(ran.out, "the bad end is flat"));
  CHECK(says(ran.out, "--fix"));
}

TEST_CASE("an oracle's ends the other way round") {
  const Workshop shop;
  const Repository history(shop);
  for (int number = 0; number <= 8; ++number) commit(history, number, number < 5 ? 32 : 0);
  json hunt = oracle_hunt();
  hunt["units"]["git"] = {{"repository", "app"}, {"good", "main~8"}, {"bad", "main"}};
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CAPTURE(ran.out);
  CHECK(ran.code == 5);
  CHECK(says(ran.out, "the good end leaks (32 B/request), the bad end is flat (0 B/request)"));
  const Ran fixed = shop.leakbisect({"run", "hunt.json", "--fix", "--out", "fix"});
  CAPTURE(fixed.out);
  CHECK(fixed.code == 0);
  CHECK(says(fixed.out, "Change 5"));
}

TEST_CASE("the version that ended a leak, and the component that does when it is on") {
  const Workshop shop;
  json hunt;
  hunt["search"]["find"] = "fix";
  hunt["oracle"]["command"] = "case {version} in 1.[0-3]) exit 1;; esac";
  hunt["units"]["versions"]["list"] = {"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"};
  shop.write("versions.json", hunt.dump(1));
  const Ran versions = shop.leakbisect({"run", "versions.json", "--out", "versions"});
  CAPTURE(versions.out);
  CAPTURE(versions.err);
  CHECK(versions.code == 0);
  CHECK(report_in(shop.path() / "versions")["culprits"][0]["unit"] == "1.4");
  CHECK(says(versions.out, "leak was ended by 1.4"));
  CHECK(says(versions.out, "memory grows ("));

  hunt["oracle"]["command"] = "case ,{off}, in *,c6,*) exit 1;; esac";
  hunt["units"] = json::object();
  for (int i = 0; i < 12; ++i)
    hunt["units"]["components"].push_back(
        {{"name", "c" + std::to_string(i)}, {"off", {{"env", {{"X", "0"}}}}}});
  shop.write("components.json", hunt.dump(1));
  const Ran components = shop.leakbisect({"run", "components.json", "--out", "components"});
  CAPTURE(components.out);
  CAPTURE(components.err);
  CHECK(components.code == 0);
  CHECK(report_in(shop.path() / "components")["culprits"][0]["unit"] == "c6");
  CHECK(says(components.out, "The leak was ended by c6"));
  CHECK(says(components.out, "with it off memory grows ("));
}

TEST_CASE("without a good end one is found among the releases, and among the ancestors") {
  const Workshop shop;
  const Repository history(shop);
  for (int number = 0; number <= 30; ++number) {
    commit(history, number, number < 17 ? 0 : 32);
    if (number == 4) history.git("tag v1.2");
    if (number == 12) history.git("tag v1.9");
    if (number == 20) history.git("tag -a -m release v1.10");
    if (number == 24) history.git("tag v1.11-rc1");
  }
  json hunt = oracle_hunt();
  hunt["units"]["git"] = {{"repository", "app"}};
  shop.write("hunt.json", hunt.dump(1));
  for (const bool has_tags : {true, false}) {
    CAPTURE(has_tags);
    if (!has_tags) history.git("tag -d v1.2 v1.9 v1.10");
    const std::string out = has_tags ? "tags" : "ancestors";
    const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", out, "--json"});
    CAPTURE(ran.out);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    const json report = json::parse(ran.out);
    CHECK(report["culprits"][0]["unit"] == history.git("rev-parse main~13"));
    const std::string found = report["found_end"];
    if (has_tags) {
      CHECK(found.starts_with("v1.9: "));
      CHECK(says(found, "v1.10 leaks too; v1.9 is flat"));
    } else {
      CHECK(says(found, history.git("rev-parse --short=10 main~16") + " is flat"));
    }
    CHECK(report == report_in(shop.path() / out));
    const Ran again = shop.leakbisect({"status", out, "--json"});
    CHECK(json::parse(again.out)["culprits"] == report["culprits"]);
  }
}

TEST_CASE("a good end is looked for with a real server, cut short, and gone on with") {
  const Workshop shop;
  const Repository history(shop);
  for (int number = 0; number <= 9; ++number) commit(history, number, number < 6 ? 0 : 32);
  json hunt = server_hunt();
  hunt["search"]["drill"] = false;
  hunt["units"]["git"] = {{"bad", "main"}};
  shop.write("hunt.json", hunt.dump(1));
  const Ran cut = shop.leakbisect({"run", "hunt.json", "--out", "out", "--budget", "14s"});
  CAPTURE(cut.out);
  CHECK(cut.code == 4);
  const Ran ran = shop.leakbisect({"resume", "out", "--budget", "250s"}, 250);
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const json report = report_in(shop.path() / "out");
  CHECK(report["culprits"][0]["unit"] == history.git("rev-parse main~3"));
  CHECK(says(report["found_end"], "leaks too"));
  CHECK(report["proof"]["holds"] == true);
  CHECK(processes_naming(shop.path().string()).empty());
}

TEST_CASE("where every commit leaks, the oldest is named") {
  const Workshop shop;
  const Repository history(shop);
  for (int number = 0; number <= 9; ++number) commit(history, number, 32);
  json hunt = oracle_hunt();
  hunt["units"]["git"] = {{"repository", "app"}};
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CAPTURE(ran.out);
  CHECK(ran.code == 5);
  CHECK(says(ran.out, "the oldest that can be tested leaks too"));
  CHECK(says(ran.out, "Change 0"));
}

TEST_CASE("measure takes any commit of the repository") {
  const Workshop shop;
  const Repository history(shop);
  for (int number = 0; number <= 9; ++number) commit(history, number, number < 5 ? 0 : 32);
  history.git("checkout -q -b side main~2");
  commit(history, 100, 0);
  json hunt = oracle_hunt();
  hunt["units"]["git"] = {{"repository", "app"}, {"good", "main~6"}, {"bad", "main~1"}};
  shop.write("hunt.json", hunt.dump(1));
  const auto measured = [&](const std::string& commit) {
    return shop.leakbisect({"measure", "hunt.json", "--out", "kept", "--commit", commit}).code;
  };
  CHECK(measured("main") == 1);    // newer than bad
  CHECK(measured("main~9") == 0);  // older than good
  CHECK(measured("side") == 0);    // beside both
  CHECK(measured("main~2") == 1);  // between them
  CHECK(measured("nowhere") == 125);
}

}  // namespace leakbisect::e2e::test_ends
