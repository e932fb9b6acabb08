#include "subject/procfs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace leakbisect::subject;

TEST_CASE("a program's name may hold spaces and parentheses") {
  const auto stat = parse_stat(
      "77 (odd) name (x) S 5 77 70 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 98765 1000 200");
  REQUIRE(stat.has_value());
  CHECK(stat->id == ProcessId{77, 98765});
  CHECK(stat->state == 'S');
  CHECK(stat->parent == 5);
  CHECK(stat->session == 70);
  CHECK(stat->threads == 3);
}

TEST_CASE("a torn stat line is nothing") {
  CHECK(!parse_stat("").has_value());
  CHECK(!parse_stat("77 (name").has_value());
  CHECK(!parse_stat("77 (name) S 5 77").has_value());
  CHECK(!parse_stat("x (name) S 1 1 1").has_value());
}

TEST_CASE("a zombie is gone, but not while another thread of it runs") {
  Stat stat;
  stat.state = 'Z';
  CHECK(!stat.alive());
  stat.threads = 2;
  CHECK(stat.alive());
}

TEST_CASE("children and theirs are found, parents before children") {
  const pid_t child = ::fork();
  if (child == 0) {
    const pid_t grandchild = ::fork();
    if (grandchild == 0) ::pause();
    ::pause();
  }
  std::vector<Stat> found;
  for (int look = 0; look < 1000 && found.size() < 2; ++look, ::usleep(1000))
    found = descendants(::getpid());
  REQUIRE(found.size() == 2);
  CHECK(found[0].id.pid == child);
  CHECK(found[1].parent == child);
  for (const Stat& stat : {found[1], found[0]}) CHECK(signal_exactly(stat.id, SIGKILL));
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("a signal goes to nobody when the pid belongs to a later process") {
  const pid_t child = ::fork();
  if (child == 0) ::pause();
  const auto stat = read_stat(child);
  REQUIRE(stat.has_value());
  CHECK(!signal_exactly({child, stat->id.start + 1}, SIGKILL));
  CHECK(read_stat(child)->alive());
  CHECK(signal_exactly(stat->id, SIGKILL));
  ::waitpid(child, nullptr, 0);
  CHECK(!signal_exactly(stat->id, SIGKILL));
  CHECK(!read_stat(child).has_value());
}

TEST_CASE("an environment variable is found by its whole name") {
  const pid_t child = ::fork();
  if (child == 0) {
    const char* const environment[] = {"TRIAL_NOT=1", "TRIAL=seven", nullptr};
    ::execle("/bin/sleep", "sleep", "100", nullptr, environment);
    ::_exit(1);
  }
  std::optional<std::string> value;
  for (int look = 0; look < 1000 && !value; ++look, ::usleep(1000))
    value = environment_of(child, "TRIAL");
  CHECK(value == "seven");
  CHECK(!environment_of(child, "TRIAL_").has_value());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(!environment_of(child, "TRIAL").has_value());
}
