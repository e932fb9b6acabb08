// A strategy of the user's own: the bundled example, and programs that misbehave.

#include "workshop.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>

namespace leakbisect::e2e::test_exec_strategy {

namespace {

// The example in the workshop, its strategy replaced by `program` when there is one.
void copy_example(const Workshop& shop, const std::string& program = "") {
  std::filesystem::copy(LB_SOURCE_DIR "/examples/custom-strategy", shop.path() / "example");
  if (!program.empty()) shop.write("example/halving.py", program);
}

// Says what `answer` prints for every ask.
std::string answering(const std::string& answer) {
  return "import json, sys, time, os\nfor line in sys.stdin:\n    message = json.loads(line)\n"
         "    if message['op'] == 'ask':\n        " +
         answer + "\n";
}

}  // namespace

TEST_CASE("the bundled strategy finds the component") {
  const Workshop shop;
  copy_example(shop);
  const Ran ran = shop.leakbisect({"run", "example/hunt.json", "--out", "out"});
  CAPTURE(ran.out);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  const auto report = report_in(shop.path() / "out");
  CHECK(report["culprits"][0]["unit"] == "carousel");
  CHECK(report["strategy"] == "exec:python3 halving.py");
  CHECK(report["proof"]["holds"] == true);
  CHECK(processes_naming(shop.path().string()).empty());
}

TEST_CASE("a hunt cut short goes on with a fresh process and runs nothing twice") {
  const Workshop shop;
  copy_example(shop);
  shop.write("example/flaky.sh",
             "#!/bin/sh\necho $1 >> ran.txt; sleep 0.1\ncase ,$2, in "
             "*,carousel,*) exit 0;; *) exit 1;; esac\n");
  const pid_t pid = shop.start({"run", "example/hunt.json", "--out", "out", "--quiet"});
  CHECK(!wait_for(pid, 1.2));
  REQUIRE(::kill(pid, SIGKILL) == 0);
  CHECK(wait_for(pid, 20) == 128 + SIGKILL);
  const std::string journal = read_text(shop.path() / "out/journal.jsonl");
  const auto finished = std::count(journal.begin(), journal.end(), '\n') - 1;
  const Ran resumed = shop.leakbisect({"resume", "out"});
  CAPTURE(resumed.err);
  REQUIRE(resumed.code == 0);
  const auto report = report_in(shop.path() / "out");
  CHECK(report["culprits"][0]["unit"] == "carousel");
  const std::string ran = read_text(shop.path() / "example/ran.txt");
  // At most the trial that was running when it was killed is run again.
  CHECK(std::count(ran.begin(), ran.end(), '\n') <=
        static_cast<std::ptrdiff_t>(report["trials"].size()) + 1);
  CHECK(finished >= 0);
  CHECK(processes_naming(shop.path().string()).empty());
}

TEST_CASE("a strategy that misbehaves is told of, and the night ends with a ranking") {
  struct Wrong {
    const char* program;
    const char* told;
  };
  const std::vector<Wrong> all{
      {"time.sleep(600)", "did not answer within"},
      {"sys.exit('no idea')", "no idea"},
      {"print('hello', flush=True)", "no JSON object"},
      {"print(json.dumps({'trials': [{'off': ['nobody']}]}), flush=True)", "no unit is called"},
      {"print(json.dumps({'wait': True}), flush=True)", "asks for no trial"},
      {"print(json.dumps({'trials': [{'off': [i]} for i in range(9)]}), flush=True)",
       "asks for 9 trials"},
      {"print(json.dumps({'done': {'answer': [99], 'conf': 1}}), flush=True)", "no unit is called"},
  };
  for (const Wrong& wrong : all) {
    CAPTURE(wrong.program);
    const Workshop shop;
    copy_example(shop, answering(wrong.program));
    std::string hunt = read_text(shop.path() / "example/hunt.json");
    hunt.replace(hunt.find("30s"), 3, "1s");
    shop.write("example/hunt.json", hunt);
    const Ran ran = shop.leakbisect({"run", "example/hunt.json", "--out", "out"}, 60);
    CAPTURE(ran.out);
    CHECK(ran.code == 6);
    CHECK(ran.out.find(wrong.told) != std::string::npos);
    CHECK(ran.out.find("resume") != std::string::npos);
    CHECK(!report_in(shop.path() / "out")["ranking"].empty());
    CHECK(processes_naming(shop.path().string()).empty());
  }
}

TEST_CASE("a strategy that asks for ever ends with the budget") {
  const Workshop shop;
  copy_example(shop, answering("print(json.dumps({'trials': [{'off': [0]}]}), flush=True)"));
  const Ran ran =
      shop.leakbisect({"run", "example/hunt.json", "--out", "out", "--budget", "2s"}, 60);
  CHECK(ran.code == 4);
  CHECK(processes_naming(shop.path().string()).empty());
}

TEST_CASE("a command that is not there is told before the first trial of the search") {
  const Workshop shop;
  copy_example(shop);
  const Ran ran = shop.leakbisect(
      {"run", "example/hunt.json", "--out", "out", "--strategy", "exec:no-such-program"}, 60);
  CAPTURE(ran.out);
  CHECK(ran.code == 6);
  CHECK(ran.out.find("no-such-program") != std::string::npos);
  CHECK(shop.leakbisect({"run", "example/hunt.json", "--strategy", "exec:"}).code == 2);
}

}  // namespace leakbisect::e2e::test_exec_strategy
