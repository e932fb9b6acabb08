// Commands from their options to their exit codes, where trials are a line of shell.

#include "base/files.hpp"
#include "cli/commands.hpp"
#include "cli/measure.hpp"
#include "said.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

using namespace leakbisect;
using namespace leakbisect::cli;
using leakbisect::test::said;
using leakbisect::test::says;
using leakbisect::test::TempFolder;

namespace {

// Eight components; `script` is a trial.
std::filesystem::path oracle_hunt(const TempFolder& folder, const std::string& script) {
  nlohmann::json hunt;
  hunt["oracle"]["command"] = script;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"})
    hunt["units"]["components"].push_back({{"name", name}, {"off", {{"env", {{"X", "0"}}}}}});
  hunt["notify"]["command"] = "echo \"$LEAKBISECT_RESULT\" > told";
  const auto file = folder.path / "hunt.json";
  REQUIRE(write_atomic(file, hunt.dump(2)).has_value());
  return file;
}

const std::string f_leaks = "case ,{off}, in *,f,*) exit 0;; *) exit 1;; esac";

RunOptions run_of(const TempFolder& folder, const std::string& script) {
  RunOptions options;
  options.hunt_file = oracle_hunt(folder, script);
  options.out = folder.path / "out";
  options.quiet = true;
  options.json = true;
  return options;
}

std::string samples(double bytes_a_request) {
  std::string csv = "t_seconds,requests_completed,anon_bytes\n";
  for (int i = 0; i <= 120; ++i)
    csv +=
        fmt::format("{},{},{}\n", i * 0.5, i * 50,
                    50'000'000 + static_cast<long>(bytes_a_request * i * 50) + (i * 37 % 11) * 400);
  return csv;
}

}  // namespace

TEST_SUITE("commands") {
  TEST_CASE("a hunt from its file to report, status and notification") {
    const TempFolder folder;
    const RunOptions options = run_of(folder, f_leaks);
    const auto ran = said([&] { return run(options); });
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    const auto report = nlohmann::json::parse(ran.out);
    CHECK(report["culprits"][0]["unit"] == "f");
    CHECK(read_if_there(folder.path / "told") == "culprit\n");
    for (const char* file : {"report.json", "report.html", "report.md", "report.txt"})
      CHECK(std::filesystem::exists(options.out / file));

    StatusOptions look{options.out};
    look.json = true;
    const auto status_of = said([&] { return status(look); });
    CHECK(status_of.code == 0);
    CHECK(nlohmann::json::parse(status_of.out)["culprits"] == report["culprits"]);
    std::filesystem::remove(options.out / "report.html");
    look.report = true;
    CHECK(said([&] { return status(look); }).code == 0);
    CHECK(std::filesystem::exists(options.out / "report.html"));

    const auto again = said([&] { return run(options); });
    CHECK(again.code == exit_usage);
    CHECK(says(again.err, "holds a hunt already"));
    ResumeOptions on;
    on.directory = options.out;
    on.quiet = true;
    const auto resumed = said([&] { return resume(on); });
    CHECK(resumed.code == 0);
    REQUIRE(write_atomic(options.hunt_file, "{}").has_value());
    const auto changed = said([&] { return resume(on); });
    CHECK(changed.code == exit_usage);
    CHECK(says(changed.err, "has changed since this hunt began"));
  }
  TEST_CASE("where nothing leaks, and where nothing runs, the codes say so") {
    const TempFolder quiet;
    const auto none = said([&] { return run(run_of(quiet, "true")); });
    CHECK(none.code == 3);
    CHECK(nlohmann::json::parse(none.out)["result"] == "clean");
    const TempFolder broken;
    const auto untestable = said([&] { return run(run_of(broken, "exit 125")); });
    CHECK(untestable.code == exit_untestable);
  }
  TEST_CASE("measure answers as git bisect run wants it") {
    const TempFolder folder;
    MeasureOptions options;
    options.hunt_file = oracle_hunt(folder, f_leaks);
    options.out = folder.path / "kept";
    options.quiet = true;
    const auto leaking = said([&] { return measure(options); });
    CAPTURE(leaking.err);
    CHECK(leaking.code == 1);
    CHECK(says(leaking.out, "leaking"));
    options.off = {"f"};
    CHECK(said([&] { return measure(options); }).code == 0);
    options.off = {"x"};
    const auto unknown = said([&] { return measure(options); });
    CHECK(unknown.code == exit_bisect_skip);
    CHECK(says(unknown.err, "x"));
    options.off.clear();
    options.commit = "HEAD";
    CHECK(said([&] { return measure(options); }).code == exit_bisect_skip);
    options.hunt_file = folder.path / "none.json";
    CHECK(said([&] { return measure(options); }).code == exit_bisect_skip);
  }
  TEST_CASE("a record's exit code: clean, leaking, skipped, interrupted") {
    trial::Record record;
    record.kind = strategies::OutcomeKind::measured;
    record.decision.verdict = stats::Verdict::clean;
    CHECK(measured_exit_code(record) == 0);
    record.decision.verdict = stats::Verdict::leaking;
    CHECK(measured_exit_code(record) == 1);
    record.decision.verdict = stats::Verdict::undecided;
    CHECK(measured_exit_code(record) == exit_bisect_skip);
    record.decision.verdict = stats::Verdict::leaking;
    record.kind = strategies::OutcomeKind::untestable;
    CHECK(measured_exit_code(record) == exit_bisect_skip);
    record.kind = strategies::OutcomeKind::cancelled;
    CHECK(measured_exit_code(record) == exit_interrupted);
  }
  TEST_CASE("check names what is missing, with its place") {
    const TempFolder folder;
    CheckOptions options;
    options.json = true;
    options.no_trial = true;
    options.hunt_file = oracle_hunt(folder, f_leaks);
    const auto good = said([&] { return check(options); });
    CAPTURE(good.out);
    CHECK(good.code == 0);
    CHECK(nlohmann::json::parse(good.out)["ok"] == true);
    options.hunt_file = oracle_hunt(folder, "no-such-program-anywhere {off}");
    const auto missing = said([&] { return check(options); });
    CHECK(missing.code == exit_untestable);
    CHECK(says(missing.out, "no-such-program-anywhere: not found"));
    CHECK(says(missing.out, "hunt.json:"));
    REQUIRE(write_atomic(options.hunt_file, "{\"orakle\": 1}").has_value());
    const auto wrong = said([&] { return check(options); });
    CHECK(wrong.code == exit_usage);
  }
  TEST_CASE("a folder without a hunt has no status, and nothing to resume") {
    const TempFolder folder;
    const auto none = said([&] { return status(StatusOptions{folder.path / "none"}); });
    CHECK(none.code == exit_usage);
    CHECK(says(none.err, "leakbisect: "));
    ResumeOptions on;
    on.directory = folder.path / "none";
    CHECK(said([&] { return resume(on); }).code == exit_usage);
    RunOptions run_none;
    run_none.hunt_file = folder.path / "none.json";
    CHECK(said([&] { return run(run_none); }).code == exit_usage);
  }
  TEST_CASE("a recorded curve is judged by itself and between two others") {
    const TempFolder folder;
    const auto flat = folder.path / "flat.csv", steep = folder.path / "steep.csv";
    REQUIRE(write_atomic(flat, samples(0)).has_value());
    REQUIRE(write_atomic(steep, samples(8192)).has_value());
    AnalyzeOptions options;
    options.json = true;
    options.run = steep;
    const auto alone = said([&] { return analyze(options); });
    CAPTURE(alone.err);
    REQUIRE(alone.code == 0);
    CHECK(nlohmann::json::parse(alone.out)["verdict"] == "leaking");
    options.good = {flat};
    const auto half = said([&] { return analyze(options); });
    CHECK(half.code == exit_usage);
    CHECK(says(half.err, "belong together"));
    options.bad = {steep};
    options.run = flat;
    const auto between = said([&] { return analyze(options); });
    REQUIRE(between.code == 0);
    CHECK(nlohmann::json::parse(between.out)["verdict"] == "clean");
    options.metric = "no-such-metric";
    CHECK(said([&] { return analyze(options); }).code == exit_usage);
    options.metric.reset();
    options.run = folder.path / "none.csv";
    CHECK(said([&] { return analyze(options); }).code == exit_usage);
  }
  TEST_CASE("tables, the schema and completion are for programs") {
    const auto table = said([] { return list_strategies({true}); });
    const auto rows = nlohmann::json::parse(table.out);
    CHECK(rows.size() == strategies::strategies().size());
    const auto schema = said([] { return print_schema({}); });
    CHECK(nlohmann::json::parse(schema.out)["properties"].contains("units"));
    const auto words = [](std::vector<std::string> line) {
      return said([&] { return complete_words({line}); }).out;
    };
    CHECK(says(words({"ru"}), "run\thunt: controls, search, proof\n"));
    CHECK(says(words({"run", "--strategy", "sp"}), "sparse\t"));
    CHECK(words({"run", "--out", ""}) == ":folders\n");
    CHECK(words({"no-such-command", ""}).empty());
    const TempFolder folder;
    const std::string file = oracle_hunt(folder, f_leaks).string();
    CHECK(words({"measure", file, "--off", "f"}) == "f\t\n");
    CHECK(said([] { return print_completion({"bash"}); }).code == 0);
  }
}
