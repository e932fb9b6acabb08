// Hunts without a server: any flaky test searched by the same engine.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <csignal>

namespace leakbisect::e2e::test_oracle {

namespace {

// Components c0..c19; the oracle says leaking unless `rule` (a shell test on $OFF) holds.
std::string components(int count) {
  std::string rows;
  for (int i = 0; i < count; ++i)
    rows += std::string(i ? "," : "") + R"({"name":"c)" + std::to_string(i) +
            R"(","off":{"env":{"X":"0"}}})";
  return rows;
}

std::string oracle_hunt(const std::string& script, const std::string& more = "") {
  return R"({"oracle": {"command": ")" + script + R"("}, "units": {"components": [)" +
         components(20) + "]}" + more + "}";
}

// Looks at the page of the hunt in "cut" and hears its events for a second.
const std::string watch_script = R"(
  "$1" watch cut > address 2> watch.err & watch=$!
  for i in $(seq 100); do [ -s address ] && break; sleep 0.05; done
  read -r url < address
  port=${url#http://127.0.0.1:} port=${port%%/*}
  ask() {
    exec 3<>/dev/tcp/127.0.0.1/$port
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "/${url#http://*/}$1" "$2" >&3
    timeout 1 cat <&3 > "$3"
    exec 3>&-
  }
  ask '' 127.0.0.1:$port page
  ask '' other.example:$port foreign
  ask events 127.0.0.1:$port events
  kill -INT $watch; wait $watch; echo $?)";

}  // namespace

TEST_CASE("an oracle that reads {off} leads to the component") {
  const Workshop shop;
  shop.write("hunt.json", oracle_hunt(R"(case ,{off}, in *,c13,*) exit 0;; *) exit 1;; esac)",
                                      R"(, "notify": {"command": "cat > told.json"})"));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out", "--json"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const auto report = nlohmann::json::parse(ran.out);
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["unit"] == "c13");
  CHECK(report == report_in(shop.path() / "out"));
  CHECK(nlohmann::json::parse(read_text(shop.path() / "told.json")) == report);
  CHECK(read_text(shop.path() / "out/report.md").find("`c13`") != std::string::npos);

  shop.write("browser", "#!/bin/sh\necho \"$1\" > shown.part && mv shown.part shown\n");
  const Ran shown =
      shop.run({"sh", "-c",
                "chmod +x browser; BROWSER=\"$PWD/browser\" " + std::string(LB_BINARY) +
                    " report out --open > said; for i in $(seq 100); do "
                    "[ -e shown ] && break; sleep 0.05; done; cat shown"});
  CHECK(shown.out == (shop.path() / "out/report.html").string() + "\n");
  CHECK(read_text(shop.path() / "said").find("again      leakbisect report") != std::string::npos);
}

TEST_CASE("an oracle may read the file of units that are off") {
  const Workshop shop;
  shop.write("hunt.json", oracle_hunt(R"(grep -qx c4 \"$LEAKBISECT_OFF_FILE\")"));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  CHECK(report_in(shop.path() / "out")["culprits"][0]["unit"] == "c4");
}

TEST_CASE("two that leak only together are named together") {
  const Workshop shop;
  shop.write("hunt.json",
             oracle_hunt(R"(case ,{off}, in *,c3,*|*,c15,*) exit 0;; *) exit 1;; esac)"));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const auto report = report_in(shop.path() / "out");
  REQUIRE(report["culprits"].size() == 1);
  CHECK(report["culprits"][0]["together"] == nlohmann::json({"c3", "c15"}));
}

TEST_CASE("an oracle that never leaks exits 3, and one that cannot run exits 5") {
  const Workshop shop;
  shop.write("hunt.json", oracle_hunt("exit 0"));
  CHECK(shop.leakbisect({"run", "hunt.json", "--out", "clean"}).code == 3);
  shop.write("hunt.json", oracle_hunt("exit 125"));
  CHECK(shop.leakbisect({"run", "hunt.json", "--out", "untestable"}).code == 5);
  shop.write("hunt.json", oracle_hunt("exit 77"));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "broken"});
  CHECK(ran.code == 5);
  CHECK(ran.out.find("exit code 77") != std::string::npos);
}

TEST_CASE("a spent budget exits 4 and ctrl-C exits 130, both with a whole report") {
  const Workshop shop;
  shop.write("hunt.json",
             oracle_hunt(R"(sleep 0.2; case ,{off}, in *,c13,*) exit 0;; *) exit 1;; esac)"));
  CHECK(shop.leakbisect({"run", "hunt.json", "--out", "short", "--budget", "1s"}).code == 4);
  CHECK(report_in(shop.path() / "short")["result"] == "budget");

  const pid_t pid = shop.start({"run", "hunt.json", "--out", "cut"});
  CHECK(!wait_for(pid, 0.5));
  const Ran watched = shop.run({"bash", "-c", watch_script, "bash", LB_BINARY});
  CHECK(watched.out == "0\n");
  CHECK(read_text(shop.path() / "page").find("new EventSource(") != std::string::npos);
  CHECK(read_text(shop.path() / "foreign").find("HTTP/1.1 403") == 0);
  const std::string events = read_text(shop.path() / "events");
  CHECK(events.find("data: {") < events.rfind("data: {"));
  CHECK(events.find("\"state\":\"running\"") != std::string::npos);
  const std::string kept = read_text(shop.path() / "cut/journal.jsonl");
  const Ran running = shop.leakbisect({"report", "cut", "--json"});
  CHECK(running.code == 0);
  const auto told = nlohmann::json::parse(running.out);
  CHECK(told["running"] == true);
  CHECK(told["sentence"].get<std::string>().find("Still running") == 0);
  CHECK(running.err.find("keeps its report") != std::string::npos);
  CHECK(read_text(shop.path() / "cut/journal.jsonl").find(kept) == 0);
  REQUIRE(::kill(pid, SIGINT) == 0);
  CHECK(wait_for(pid, 20) == 130);
  CHECK(report_in(shop.path() / "cut")["result"] == "interrupted");
  CHECK(processes_naming(shop.path().string()).empty());

  const Ran resumed = shop.leakbisect({"resume", "cut"});
  CHECK(resumed.code == 0);
  CHECK(report_in(shop.path() / "cut")["culprits"][0]["unit"] == "c13");
  CHECK(shop.leakbisect({"resume", "short", "--budget", "5m"}).code == 0);
}

TEST_CASE("an oracle that tells slopes leads to every commit that leaks") {
  const Workshop shop;
  // Commit i leaks leak.txt bytes: three of them add to it.
  const Ran made = shop.run({"sh", "-c", R"(
    export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.invalid
    export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.invalid
    git init -q --initial-branch=main app && cd app
    leak=0
    for i in $(seq 0 24); do
      case $i in 5) leak=300;; 12) leak=800;; 20) leak=1000;; esac
      echo $leak > leak.txt; echo $i > number.txt
      git add --all && git commit -q -m "Change $i"
      [ $i = 0 ] && git tag good
    done
    true)"});
  CAPTURE(made.err);
  REQUIRE(made.code == 0);
  nlohmann::json hunt;
  hunt["oracle"]["command"] =
      "leak=$(git -C app show {commit}:leak.txt); echo '{\"slope\": '$leak', \"se\": 30}'";
  hunt["units"]["git"] = {{"repository", "app"}, {"good", "good"}};
  shop.write("hunt.json", hunt.dump(1));
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "all", "--no-drill"});
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const auto report = report_in(shop.path() / "all");
  REQUIRE(report["culprits"].size() == 3);
  const std::vector<std::pair<std::string, double>> wanted{
      {"Change 12", 500}, {"Change 5", 300}, {"Change 20", 200}};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto& culprit = report["culprits"][i];
    const auto& [subject, slope] = wanted[i];
    CHECK(culprit["description"].get<std::string>().find(subject) != std::string::npos);
    CHECK(culprit["slope_bytes_per_request"] == doctest::Approx(slope).epsilon(0.01));
  }
  CHECK(report["proof"]["holds"] == true);

  const Ran first =
      shop.leakbisect({"run", "hunt.json", "--out", "first", "--no-drill", "--no-others"});
  CHECK(first.code == 0);
  CHECK(report_in(shop.path() / "first")["culprits"].size() == 1);
  CHECK(first.out.find("hunt again between these") != std::string::npos);
}

}  // namespace leakbisect::e2e::test_oracle
