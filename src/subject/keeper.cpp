#include "subject/keeper.hpp"

#include "subject/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace leakbisect::subject {
namespace {

// The one who is gone may need a moment to be seen as gone.
constexpr int sweeps = 30;
constexpr useconds_t between_sweeps_us = 100'000;

bool has_records(const std::filesystem::path& directory) {
  std::error_code failed;
  return !std::filesystem::is_empty(directory, failed) && !failed;
}

// Out of everybody's session, group, terminal and pipes; only `line` stays open.
void let_go_of_everything(int line) {
  ::setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
  ::prctl(PR_SET_NAME, "leakbisect-keep");
  constexpr int kept = 3;
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < kept; ++fd)
    if (fd != line) ::dup2(null, fd);
  if (line != kept) ::dup2(line, kept);
  ::syscall(SYS_close_range, static_cast<unsigned>(kept + 1), ~0U, 0);
}

[[noreturn]] void keep(const std::filesystem::path& directory, int line) {
  let_go_of_everything(line);
  char none = 0;
  while (::read(3, &none, 1) < 0 && errno == EINTR) {
  }
  become_subreaper();
  for (int i = 0; i < sweeps && has_records(directory); ++i) {
    sweep_stale(directory);
    ::usleep(between_sweeps_us);
  }
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<Keeper>> Keeper::start(const std::filesystem::path& state_directory) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail("cannot make a pipe: {}; raise the limit on open files (ulimit -n)",
                std::strerror(errno));
  const pid_t pid = ::fork();
  if (pid == 0) keep(state_directory, ends[0]);
  ::close(ends[0]);
  if (pid > 0) return std::unique_ptr<Keeper>(new Keeper(pid, ends[1]));
  ::close(ends[1]);
  return fail("cannot start a process: {}; raise the limit on processes (ulimit -u)",
              std::strerror(errno));
}

Keeper::~Keeper() {
  ::close(line_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace leakbisect::subject
