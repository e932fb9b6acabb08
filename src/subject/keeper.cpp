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

// Until the other end closes; whether the folder is to be left was said on the way.
bool hears_leave_it() {
  bool is_left = false;
  char word = 0;
  for (ssize_t n = 1; n != 0;) {
    n = ::read(3, &word, 1);
    if (n > 0) is_left = true;
    if (n < 0 && errno != EINTR) break;
  }
  return is_left;
}

[[noreturn]] void keep(const std::filesystem::path& folder, Keeper::Folder at_the_end, int line) {
  let_go_of_everything(line);
  if (hears_leave_it()) at_the_end = Keeper::Folder::left;
  become_subreaper();
  const std::filesystem::path state = folder / "state";
  for (int i = 0; i < sweeps && has_records(state); ++i) {
    sweep_stale(state);
    ::usleep(between_sweeps_us);
  }
  std::error_code ignored;
  if (at_the_end == Keeper::Folder::removed) std::filesystem::remove_all(folder, ignored);
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<Keeper>> Keeper::start(const std::filesystem::path& folder,
                                              Folder at_the_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail("cannot make a pipe: {}; raise the limit on open files (ulimit -n)",
                std::strerror(errno));
  const pid_t pid = ::fork();
  if (pid == 0) keep(folder, at_the_end, ends[0]);
  ::close(ends[0]);
  if (pid > 0) return std::unique_ptr<Keeper>(new Keeper(pid, ends[1]));
  ::close(ends[1]);
  return fail("cannot start a process: {}; raise the limit on processes (ulimit -u)",
              std::strerror(errno));
}

void Keeper::leave_folder() {
  const char word = 'l';
  while (::write(line_, &word, 1) < 0 && errno == EINTR) {
  }
}

Keeper::~Keeper() {
  ::close(line_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace leakbisect::subject
