// The command line as structs, and what is said of one that is wrong.

#include "cli/options.hpp"
#include "cli/options_table.hpp"
#include "said.hpp"
#include "tests/says.hpp"

#include <doctest/doctest.h>

using namespace leakbisect;
using namespace leakbisect::cli;
using leakbisect::test::said;
using leakbisect::test::says;

namespace {

std::variant<Options, int> read(std::vector<std::string> words) {
  words.insert(words.begin(), "leakbisect");
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  return read_options(static_cast<int>(pointers.size()), pointers.data());
}

template <class T>
T parsed(std::vector<std::string> words) {
  const auto options = read(std::move(words));
  const auto* const chosen = std::get_if<Options>(&options);
  REQUIRE(chosen != nullptr);
  const T* const one = std::get_if<T>(chosen);
  REQUIRE(one != nullptr);
  return *one;
}

test::Said refused(const std::vector<std::string>& words) {
  return said([&] {
    const auto options = read(words);
    const int* const code = std::get_if<int>(&options);
    return code == nullptr ? -1 : *code;
  });
}

}  // namespace

TEST_SUITE("command line") {
  TEST_CASE("what a run is asked for, with units of measure") {
    const auto plain = parsed<RunOptions>({"run", "hunt.json"});
    CHECK(plain.hunt_file == "hunt.json");
    CHECK(plain.out.empty());
    CHECK_FALSE(plain.budget_s);
    CHECK_FALSE(plain.fix);
    const auto all = parsed<RunOptions>({"run", "hunt.json", "--out", "night", "--budget", "8h",
                                         "--confidence", "0.95", "--jobs", "4", "--strategy",
                                         "split", "--seed", "7", "--fix", "--json", "--quiet"});
    CHECK(all.out == "night");
    CHECK(all.budget_s == 8 * 3600.0);
    CHECK(all.confidence == 0.95);
    CHECK(all.jobs == 4);
    CHECK(all.strategy == "split");
    CHECK(all.seed == 7);
    CHECK(all.fix);
    CHECK(all.json);
    CHECK(all.quiet);
    CHECK(parsed<ResumeOptions>({"resume", "night", "--budget", "90m"}).budget_s == 5400.0);
  }
  TEST_CASE("measure takes a hunt file, or a server behind two dashes, and not both") {
    const auto hunt = parsed<MeasureOptions>({"measure", "hunt.json", "--off", "a", "--off", "b"});
    CHECK(hunt.off == std::vector<std::string>{"a", "b"});
    CHECK(hunt.command.empty());
    const auto reversed = parsed<MeasureOptions>({"measure", "--off", "a", "hunt.json"});
    CHECK(reversed.off == std::vector<std::string>{"a"});
    CHECK(reversed.hunt_file == "hunt.json");
    const auto server =
        parsed<MeasureOptions>({"measure", "--rate", "100", "--", "node", "server.mjs", "--port"});
    CHECK(server.command == std::vector<std::string>{"node", "server.mjs", "--port"});
    CHECK(server.rate == 100);
    CHECK(server.hunt_file.empty());
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"measure"}, {"measure", "hunt.json", "--", "node", "server.mjs"}}) {
      const test::Said answer = refused(words);
      CHECK(answer.code == exit_usage);
      CHECK(says(answer.err, "a hunt file, or a command after --"));
    }
  }
  TEST_CASE("init takes the folder after a recording as well as before it") {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"init", "shop", "--har", "a.har", "--har", "b.har", "--curl", "curl http://h/"},
             {"init", "--har", "a.har", "--har", "b.har", "--curl", "curl http://h/", "shop"}}) {
      const auto init = parsed<InitOptions>(words);
      CHECK(init.directory == "shop");
      REQUIRE(init.recordings.size() == 3);
      CHECK(init.recordings[0].second == "a.har");
      CHECK(init.recordings[1].second == "b.har");
      CHECK(init.recordings[2].second == "curl http://h/");
    }
  }
  TEST_CASE("what is wrong is explained, and help is no error") {
    const test::Said mistyped = refused({"rnu", "hunt.json"});
    CHECK(mistyped.code == exit_usage);
    CHECK(says(mistyped.err, "did you mean \"run\"?"));
    const test::Said nothing = refused({});
    CHECK(nothing.code == exit_usage);
    CHECK(says(nothing.err, "leakbisect run hunt.json"));
    CHECK(refused({"run", "hunt.json", "--budget", "soon"}).code == exit_usage);
    CHECK(refused({"run", "hunt.json", "--confidence", "1.5"}).code == exit_usage);
    CHECK(refused({"run", "hunt.json", "--no-such-option"}).code == exit_usage);
    CHECK(refused({"run"}).code == exit_usage);
    CHECK(refused({"completion", "csh"}).code == exit_usage);
    const test::Said help = refused({"run", "--help"});
    CHECK(help.code == 0);
    CHECK(says(help.out, "Exit codes: 0 culprit found"));
    CHECK(refused({"--version"}).code == 0);
  }
  TEST_CASE("the table of commands is what the parser takes") {
    const auto table = command_table();
    for (const char* name : {"init", "check", "run", "resume", "measure", "plan", "status",
                             "report", "watch", "analyze", "strategies", "schema", "completion"}) {
      CAPTURE(name);
      const CommandRow* const row = find_command(table, name);
      REQUIRE(row != nullptr);
      CHECK_FALSE(row->description.empty());
      CHECK(says(row->footer, "Examples:"));
    }
    CHECK(find_command(table, "complete-words") == nullptr);
    const std::string page = manual_page(table, "1.2.3");
    CHECK(says(page, ".TH LEAKBISECT 1"));
    CHECK(says(page, "1.2.3"));
    CHECK(says(page, "\\fB\\-\\-budget\\fR"));
  }
}
