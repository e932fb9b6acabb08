#include "subject/spawn.hpp"

#include "subject/urgency.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>

#include <cerrno>
#include <csignal>
#include <sstream>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leakbisect::subject {
namespace {

namespace bp = boost::process;
namespace fs = std::filesystem;

// Everything that the child needs, opened and laid out before the fork: afterwards only calls that
// are safe between fork and exec are made.
struct ChildPlan {
  explicit ChildPlan(const SpawnSpec& spec)
      : directory(spec.directory.empty() ? "." : spec.directory.string()),
        in(spec.in),
        out(spec.out),
        err(spec.err),
        null(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
        idle(spec.idle) {
    for (const fs::path& file : spec.join_files)
      join.push_back(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  }
  ChildPlan(const ChildPlan&) = delete;
  ChildPlan& operator=(const ChildPlan&) = delete;
  ~ChildPlan() {
    ::close(null);
    for (const int fd : join) ::close(fd);
  }

  std::string directory;
  int in, out, err, null;
  bool idle;
  std::vector<int> join;
  pid_t parent = ::getpid();
};

void reset_signals() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &usual, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// When memory runs out on a host without a limit for the subject, the subject goes first.
void offer_to_the_oom_killer() {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(fd, "500", 3);
  ::close(fd);
}

void become_session(const ChildPlan& plan) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the request was there.
  if (::getppid() != plan.parent) ::_exit(127);
  reset_signals();
  for (const int fd : plan.join) {
    [[maybe_unused]] const ssize_t joined = ::write(fd, "0", 1);
  }
  offer_to_the_oom_killer();
  if (plan.idle) step_back();
}

// Descriptors above 2 close at exec, not now: the library reports a failed exec through one.
void keep_three_descriptors(const ChildPlan& plan) {
  ::dup2(plan.in >= 0 ? plan.in : plan.null, 0);
  ::dup2(plan.out, 1);
  ::dup2(plan.err, 2);
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
}

bp::environment environment_of(const SpawnSpec& spec) {
  bp::environment env = boost::this_process::environment();
  for (const auto& [key, value] : spec.env) env[key] = value;
  return env;
}

// As a shell finds it: with a slash from the folder, else along the child's own PATH.
Result<std::string> find_program(const SpawnSpec& spec, const bp::environment& env) {
  const std::string& name = spec.argv.front();
  std::error_code failed;
  if (name.find('/') != name.npos) {
    const fs::path program = spec.directory / name;
    if (!fs::exists(program, failed))
      return fail("cannot start {}: no such file in {}; build it first, or correct the command",
                  name, spec.directory.string());
    if (fs::is_directory(program, failed) || ::access(program.c_str(), X_OK) != 0)
      return fail("cannot start {}: not executable; try chmod +x {}", name, program.string());
    return program.string();
  }
  const auto path = env.find("PATH");
  std::istringstream parts(path != env.end() ? path->to_string() : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(parts, folder, ':');) {
    const fs::path program = fs::path(folder) / name;
    if (fs::is_regular_file(program, failed) && ::access(program.c_str(), X_OK) == 0)
      return fs::absolute(program).string();
  }
  return fail("cannot start {}: no such program in PATH; install it, or give its path", name);
}

}  // namespace

Result<pid_t> spawn(const SpawnSpec& spec) {
  if (spec.argv.empty() || spec.argv.front().empty())
    return fail("cannot start a program: the command is empty");
  std::error_code failed;
  if (!spec.directory.empty() && !fs::is_directory(spec.directory, failed))
    return fail("cannot start {}: no folder {}", spec.argv.front(), spec.directory.string());
  const bp::environment env = environment_of(spec);
  const auto program = find_program(spec, env);
  if (!program) return program.error();

  const ChildPlan plan(spec);
  const auto in_the_child = [&](auto& executor) {
    become_session(plan);
    keep_three_descriptors(plan);
    if (::chdir(plan.directory.c_str()) == 0) return;
    executor.set_error(std::error_code(errno, std::system_category()), "chdir");
    ::_exit(127);
  };
  pid_t lost = -1;
  const auto not_started = [&](auto& executor, const std::error_code&) { lost = executor.pid; };
  try {
    bp::child child(bp::exe = *program,
                    bp::args = std::vector<std::string>(spec.argv.begin() + 1, spec.argv.end()),
                    env, failed, bp::extend::on_exec_setup(in_the_child),
                    bp::extend::on_error(not_started));
    const pid_t pid = child.id();
    child.detach();
    if (!failed) return pid;
  } catch (const std::exception& error) {
    return fail("cannot start {}: {}", spec.argv.front(), error.what());
  }
  if (lost > 0) ::waitpid(lost, nullptr, 0);
  const std::string hint =
      failed.value() == ENOEXEC ? "; a script must begin with a line like #!/bin/sh" : "";
  return fail("cannot start {}: {}{}", spec.argv.front(), failed.message(), hint);
}

}  // namespace leakbisect::subject
