#pragma once

// A program beside the test, whose processes end with the object.

#include "fixture.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leakbisect::probe {

/// A shell command. What it prints is in program.out; `port`: of a Node process's inspector.
class Program {
 public:
  Program(const Folder& folder, const std::string& command, std::uint16_t port = 0) {
    const std::string log = folder.path / "program.out";
    pid_ = fork();
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, 1);
    dup2(out, 2);
    setenv("NODE_OPTIONS", fmt::format("--inspect-port=127.0.0.1:{}", port).c_str(), 1);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    for (const pid_t pid : process_tree(pid_)) kill(pid, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

/// The last settled reading in bytes; 0 while there is none.
inline double last_settled(const Sampler& sampler) {
  double last = 0;
  for (const auto& sample : sampler.series())
    if (sample.has(stats::Metric::settled)) last = sample.at(stats::Metric::settled);
  return last;
}

/// False, and said to be, where there is no such program.
inline bool is_installed(const std::string& program) {
  if (std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0) return true;
  MESSAGE("skipped: ", program, " is not installed");
  return false;
}

}  // namespace leakbisect::probe
