#include "fixture.hpp"

#include <csignal>

#include <fcntl.h>

using namespace leakbisect;
using namespace leakbisect::subject;

TEST_CASE_FIXTURE(Fixture, "a program learns its arguments, folder and environment as given") {
  auto what = spec({"surroundings", "two words", "", "\"quoted\"", "$HOME", "*"});
  what.env["GREETING"] = "hello, world";
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t term, before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &term, &before);
  const auto process = start(what);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  CHECK(await(process->wait()).success());
  CHECK(text(what.stdout_file) ==
        "folder=" + folder.string() +
            "\nsession=1\nsigpipe=default\nblocked=0\ngreeting=hello, world\n"
            "[two words]\n[]\n[\"quoted\"]\n[$HOME]\n[*]\n");
}

TEST_CASE_FIXTURE(Fixture, "a program inherits no descriptor above 2") {
  const int open_here = ::open("/dev/null", O_RDONLY);
  const int far_up = ::fcntl(open_here, F_DUPFD, 200);
  const auto what = spec({"descriptors"});
  const auto process = start(what);
  CHECK(await(process->wait()).success());
  CHECK(text(what.stdout_file) == "0\n1\n2\n");
  ::close(open_here);
  ::close(far_up);
}

TEST_CASE_FIXTURE(Fixture, "an exit code and a signal are told apart") {
  const auto coded = start(spec({"exit", "9"}));
  const auto killed = start(spec({"die", "9"}));
  const Exit first = await(coded->wait());
  const Exit second = await(killed->wait());
  CHECK(to_string(first) == "exit code 9");
  CHECK(to_string(second) == "killed by SIGKILL");
  CHECK(!first.success());
  CHECK(to_string(await(start(spec({"die", "11"}))->wait())) == "killed by SIGSEGV");
}

TEST_CASE_FIXTURE(Fixture, "an end can be waited for several times, also after it came") {
  const auto process = start(spec({"exit", "3"}));
  int told = 0;
  for (int waiter = 0; waiter < 3; ++waiter)
    boost::asio::co_spawn(io, process->wait(),
                          [&](std::exception_ptr, Exit exit) { told += exit.code; });
  CHECK(await(process->wait()).code == 3);
  CHECK(await(process->wait()).code == 3);
  CHECK(told == 9);
  REQUIRE(process->exited().has_value());
  CHECK(process->exited()->code == 3);
  CHECK(process->tree().empty());
}

TEST_CASE_FIXTURE(Fixture, "a program that cannot be started is an error that says why") {
  const auto error_of = [&](const LaunchSpec& what) {
    const auto process = launch(io.get_executor(), what);
    REQUIRE(!process.has_value());
    return process.error().message;
  };
  auto what = spec({});
  what.command.argv = {"no-such-program-anywhere"};
  CHECK(error_of(what).find("no such program in PATH") != std::string::npos);
  what.command.argv = {"./missing"};
  CHECK(error_of(what).find("no such file") != std::string::npos);
  REQUIRE(write_atomic(folder / "plain", "text").has_value());
  what.command.argv = {"./plain"};
  CHECK(error_of(what).find("not executable") != std::string::npos);
  std::filesystem::permissions(folder / "plain", std::filesystem::perms::owner_all);
  CHECK(error_of(what).find("#!/bin/sh") != std::string::npos);
  what = spec({"serve"});
  what.directory = folder / "gone";
  CHECK(error_of(what).find("no folder") != std::string::npos);
  what.command.argv = {};
  CHECK(error_of(what).find("the command is empty") != std::string::npos);
  CHECK(living_below_us() == 0);
  CHECK(records() == 0);
}

TEST_CASE_FIXTURE(Fixture, "the path of the program's own environment finds it") {
  REQUIRE(write_atomic(folder / "tool", "#!/bin/sh\nexit 7\n").has_value());
  std::filesystem::permissions(folder / "tool", std::filesystem::perms::owner_all);
  auto what = spec({});
  what.command.argv = {"tool"};
  what.env["PATH"] = folder.string() + ":/usr/bin:/bin";
  CHECK(await(start(what)->wait()).code == 7);
}

TEST_CASE_FIXTURE(Fixture, "both streams can share one file") {
  auto what = spec({});
  what.command.argv = {"/bin/sh", "-c", "echo one; echo two >&2; echo three"};
  what.stderr_file = what.stdout_file;
  CHECK(await(start(what)->wait()).success());
  CHECK(text(what.stdout_file) == "one\ntwo\nthree\n");
}

TEST_CASE_FIXTURE(Fixture, "a running program has a sweep record, an ended one has none") {
  auto process = start(spec({"never-ready"}));
  CHECK(records() == 1);
  CHECK(process->tree() == std::vector<pid_t>{process->pid()});
  process.reset();
  CHECK(records() == 0);
  CHECK(living_below_us() == 0);
}

TEST_CASE_FIXTURE(Fixture, "launching again and again leaves no descriptor open") {
  const auto open_now = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  auto missing = spec({});
  missing.command.argv = {"./missing"};
  CHECK(await(start(spec({"exit", "0"}))->wait()).success());
  const auto before = open_now();
  for (int n = 0; n < 20; ++n) {
    CHECK(await(start(spec({"exit", "0"}))->wait()).success());
    CHECK(!launch(io.get_executor(), missing).has_value());
  }
  io.poll();
  CHECK(open_now() == before);
}
