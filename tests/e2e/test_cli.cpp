// The commands that need no server, and what a wrong call is told.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace leakbisect::e2e::test_cli {

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A quiet server at 200 requests a second: 3 MB of warm-up, then `slope` bytes a request.
std::string curve(double slope, int seconds = 60) {
  std::string csv = "t_seconds,requests_completed,anon_bytes,newest_pid\n";
  for (int i = 0; i < seconds * 10; ++i) {
    const double t = 0.1 * i, n = 200 * t;
    const double noise = 4096 * ((i * 7919) % 13);
    const double bytes = 3e6 * (1 - std::exp(-t / 3)) + slope * n + noise;
    csv += std::to_string(t) + "," + std::to_string(n) + "," + std::to_string(bytes) + ",7\n";
  }
  return csv;
}

}  // namespace

TEST_CASE("help and version are findings, wrong usage is exit 2 with a hint") {
  const Workshop shop;
  const Ran help = shop.leakbisect({"--help"});
  CHECK(help.code == 0);
  for (const char* command :
       {"run", "resume", "measure", "analyze", "check", "status", "report", "strategies"})
    CHECK(contains(help.out, command));
  CHECK(shop.leakbisect({"--version"}).code == 0);
  CHECK(shop.leakbisect({}).code == 2);
  CHECK(shop.leakbisect({"rum", "hunt.json"}).code == 2);
  CHECK(shop.leakbisect({"run"}).code == 2);
  const Ran budget = shop.leakbisect({"run", "hunt.json", "--budget", "soon"});
  CHECK(budget.code == 2);
  CHECK(contains(budget.err, "1h 30m"));
}

TEST_CASE("from nothing and from a mistyped word there is a way to a command") {
  const Workshop shop;
  const Ran nothing = shop.leakbisect({});
  for (const char* example :
       {"leakbisect init ", "leakbisect check hunt.json ", "leakbisect run hunt.json --out night ",
        "leakbisect resume night ", "leakbisect report night ", "leakbisect measure -- "})
    CHECK_MESSAGE(contains(nothing.err, example), example);
  const Ran mistyped = shop.leakbisect({"rnu", "hunt.json"});
  CHECK(mistyped.code == 2);
  CHECK(contains(mistyped.err, "no command is called \"rnu\": did you mean \"run\"?"));
  const Ran unknown = shop.leakbisect({"frobnicate"});
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.err, "leakbisect run hunt.json"));
}

TEST_CASE("the help of each command has two examples and its exit codes") {
  const Workshop shop;
  for (const char* command :
       {"init", "check", "plan", "run", "resume", "measure", "witness", "analyze", "status",
        "watch", "report", "strategies", "schema", "completion"}) {
    CAPTURE(command);
    const Ran help = shop.leakbisect({command, "--help"});
    CHECK(help.code == 0);
    const auto examples = help.out.find("\nExamples:\n  ");
    const auto exits = help.out.find("\nExit codes: 0");
    REQUIRE(examples != std::string::npos);
    REQUIRE(exits != std::string::npos);
    const std::string between = help.out.substr(examples + 1, exits - examples - 1);
    CHECK(std::count(between.begin(), between.end(), '\n') == 2);
    CHECK(contains(between, std::string("leakbisect ") + command));
  }
}

TEST_CASE("a shell completes commands, options, values and units, and the manual has all of them") {
  const Workshop shop;
  shop.write("hunt.json", R"({"oracle": {"command": "true"}, "units": {"components": [
      {"name": "live item"}, {"name": "ads"}]}})");
  const auto words = [&](std::vector<std::string> line) {
    line.insert(line.begin(), "complete-words");
    return shop.leakbisect(line).out;
  };
  CHECK(contains("\n" + words({"r"}), "\nrun\thunt: controls, search, proof\n"));
  CHECK(!contains(words({"r"}), "check"));
  CHECK(contains(words({"run", "hunt.json", "--bu"}), "--budget\t"));
  CHECK(contains(words({"run", "--strategy", "sp"}), "split\t"));
  CHECK(words({"run", "--budget", ""}).empty());
  CHECK(words({"check", "--settle", ""}) == "both\t\n");
  CHECK(words({"run", "--out", ""}) == ":folders\n");
  CHECK(words({"run", ""}) == ":files\n");
  CHECK(words({"measure", "hunt.json", "--off", ""}) == "live item\t\nads\t\n");
  CHECK(words({"measure", "hunt.json", "--commit", ""}).empty());
  CHECK(words({"measure", "--", "no"}) == ":files\n");
  CHECK(words({"frobnicate", ""}).empty());
  for (const char* shell : {"bash", "zsh", "fish"})
    CHECK(contains(shop.leakbisect({"completion", shell}).out, "complete-words"));
  CHECK(shop.leakbisect({"completion", "csh"}).code == 2);
  const Ran shell = shop.run({"bash", "-c", R"(source <("$1" completion bash)
        COMP_WORDS=(leakbisect measure hunt.json --off l) COMP_CWORD=4
        _leakbisect "$1"; printf '%s,' "${COMPREPLY[@]}"
        COMP_WORDS=(leakbisect run hun) COMP_CWORD=2
        _leakbisect "$1"; printf '%s,' "${COMPREPLY[@]}"
        COMP_WORDS=(leakbisect measure hunt.json --off = a) COMP_CWORD=5
        _leakbisect "$1"; printf '%s,' "${COMPREPLY[@]}")",
                              "bash", LB_BINARY});
  CHECK(shell.out == "live item,hunt.json,ads,");
  const std::string manual = shop.leakbisect({"print-manual"}).out;
  CHECK(contains(manual, ".TH LEAKBISECT 1"));
  for (const char* text : {".SS leakbisect run\n", ".SS leakbisect completion\n",
                           "\\fB\\-\\-budget\\fR", "Exit codes: 0 culprit found"})
    CHECK_MESSAGE(contains(manual, text), text);
}

TEST_CASE("the schema has every section of a hunt file") {
  const auto schema = nlohmann::json::parse(Workshop().leakbisect({"schema"}).out);
  CHECK(schema["additionalProperties"] == false);
  for (const char* key : {"subject", "oracle", "load", "units", "limits", "$schema"})
    CHECK(schema["properties"].contains(key));
}

TEST_CASE("the table of strategies names each with what it searches") {
  const Workshop shop;
  const Ran table = shop.leakbisect({"strategies"});
  CHECK(table.code == 0);
  for (const char* name : {"linear", "one", "bisect", "ddmin", "split"})
    CHECK(contains(table.out, name));
  CHECK(nlohmann::json::parse(shop.leakbisect({"strategies", "--json"}).out).size() >= 5);
}

TEST_CASE("a wrong hunt file is told by path, value and what is allowed, and nothing is made") {
  const Workshop shop;
  shop.write("hunt.json", R"({"oracle": {"command": "true"}, "serach": {}})");
  const Ran ran = shop.leakbisect({"run", "hunt.json", "--out", "out"});
  CHECK(ran.code == 2);
  CHECK(contains(ran.err, "serach"));
  CHECK(contains(ran.err, "search"));
  CHECK(!std::filesystem::exists(shop.path() / "out"));
  const Ran missing = shop.leakbisect({"run", "nowhere.json"});
  CHECK(missing.code == 2);
  CHECK(contains(missing.err, "nowhere.json"));
}

TEST_CASE("an unknown strategy is told the nearest one") {
  const Workshop shop;
  shop.write("hunt.json", R"({"oracle": {"command": "true"}, "units": {"components": [
      {"name": "a", "off": {"env": {"A": "0"}}}, {"name": "b", "off": {"env": {"B": "0"}}}]}})");
  const Ran near = shop.leakbisect({"run", "hunt.json", "--out", "a", "--strategy", "splti"});
  CHECK(near.code == 2);
  CHECK(contains(near.err, "\"split\""));
  const Ran shape = shop.leakbisect({"run", "hunt.json", "--out", "b", "--strategy", "bisect"});
  CHECK(shape.code == 2);
  CHECK(contains(shape.err, "components"));
}

TEST_CASE("status, report and resume of a folder without a hunt say how to begin one") {
  const Workshop shop;
  for (const char* command : {"status", "watch", "report", "resume"}) {
    const Ran ran = shop.leakbisect({command, "nothing"});
    CHECK(ran.code == 2);
    CHECK(contains(ran.err, "leakbisect run"));
  }
}

TEST_CASE("a recorded curve is placed between its two ends") {
  const Workshop shop;
  shop.write("good.csv", curve(0));
  shop.write("bad.csv", curve(2000));
  shop.write("same.csv", curve(1900));
  shop.write("flat.csv", curve(30));
  const auto judged = [&](const std::string& file) {
    const Ran ran =
        shop.leakbisect({"analyze", file, "--good", "good.csv", "--bad", "bad.csv", "--json"});
    REQUIRE(ran.code == 0);
    return nlohmann::json::parse(ran.out);
  };
  const auto leaking = judged("same.csv");
  CHECK(leaking["verdict"] == "leaking");
  CHECK(leaking["metric"] == "anon");
  CHECK(leaking["lambda"].get<double>() == doctest::Approx(0.95).epsilon(0.1));
  CHECK(leaking["slope_bytes_per_request"].get<double>() == doctest::Approx(1900).epsilon(0.1));
  CHECK(judged("flat.csv")["verdict"] == "clean");
  for (const char* key : {"se", "llr", "slope_se", "decided_at_s", "decided_at_requests", "reason"})
    CHECK(leaking.contains(key));
}

TEST_CASE("a curve without ends is judged by itself") {
  const Workshop shop;
  shop.write("leak.csv", curve(4000));
  const Ran ran = shop.leakbisect({"analyze", "leak.csv", "--json"});
  REQUIRE(ran.code == 0);
  CHECK(nlohmann::json::parse(ran.out)["verdict"] == "leaking");
}

TEST_CASE("a broken trace is told by file and line") {
  const Workshop shop;
  shop.write("bad.csv", "t_seconds,requests_completed,anon_bytes\n0,0,1\n1,x,2\n");
  const Ran ran = shop.leakbisect({"analyze", "bad.csv"});
  CHECK(ran.code == 2);
  CHECK(contains(ran.err, "bad.csv"));
  CHECK(contains(ran.err, "3"));
  shop.write("run.csv", curve(0));
  CHECK(shop.leakbisect({"analyze", "run.csv", "--good", "run.csv"}).code == 2);
}

}  // namespace leakbisect::e2e::test_cli
