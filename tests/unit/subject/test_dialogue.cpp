#include "fixture.hpp"
#include "subject/dialogue.hpp"

using namespace leakbisect;
using namespace leakbisect::subject;

namespace {

std::unique_ptr<Dialogue> talk(Fixture& fixture, const std::string& script) {
  auto what = fixture.spec({});
  what.command.argv = {"/bin/sh", "-c", script};
  auto dialogue = Dialogue::start(what);
  REQUIRE_MESSAGE(dialogue.has_value(), (dialogue ? "" : dialogue.error().message));
  return std::move(*dialogue);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a program answers line by line") {
  const auto dialogue = talk(*this, "while read -r word; do echo \"heard $word\"; done");
  for (const std::string word : {"one", "two"}) {
    REQUIRE(dialogue->say(word, 10).has_value());
    const auto line = dialogue->hear(10);
    REQUIRE(line.has_value());
    CHECK(*line == "heard " + word);
  }
}

TEST_CASE_FIXTURE(Fixture, "more is said than the pipes hold, both ways at once") {
  const auto dialogue = talk(*this, "exec cat");
  const std::string long_line(300'000, 'x');
  for (int i = 0; i < 5; ++i) REQUIRE(dialogue->say(long_line, 30).has_value());
  for (int i = 0; i < 5; ++i) {
    const auto line = dialogue->hear(30);
    REQUIRE(line.has_value());
    CHECK(*line == long_line);
  }
}

TEST_CASE_FIXTURE(Fixture, "a program that ends is told by its end and its last words") {
  const auto dialogue = talk(*this, "read -r word; echo 'no such unit' >&2; exit 3");
  REQUIRE(dialogue->say("hello", 10).has_value());
  const auto line = dialogue->hear(10);
  REQUIRE(line.has_error());
  CAPTURE(line.error().message);
  CHECK(line.error().message.find("exit code 3") != std::string::npos);
  CHECK(line.error().message.find("no such unit") != std::string::npos);
  CHECK(dialogue->say("are you there?", 10).has_error());
}

TEST_CASE_FIXTURE(Fixture, "a program that is silent is waited for no longer than said") {
  const auto dialogue = talk(*this, "exec sleep 600");
  const auto line = dialogue->hear(0.2);
  REQUIRE(line.has_error());
  CHECK(line.error().message.find("did not answer") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "what a program started ends with the conversation") {
  auto dialogue = talk(*this, "setsid sleep 600 & echo $!; exec cat");
  const auto line = dialogue->hear(10);
  REQUIRE(line.has_value());
  const auto child = static_cast<pid_t>(std::stol(*line));
  CHECK(read_stat(child).has_value());
  dialogue.reset();
  const auto stat = read_stat(child);
  CHECK((!stat || stat->state == 'Z'));
}
