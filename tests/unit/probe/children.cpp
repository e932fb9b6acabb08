#include "children.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

// A sanitizer's mmap and memset would keep or read notes on it, which are memory, too.
__attribute__((no_sanitize("address"))) void write_pages(long memory, std::size_t bytes) {
  volatile char* const begin = reinterpret_cast<char*>(memory);
  for (std::size_t i = 0; i < bytes; i += 4096) begin[i] = 1;
}

[[noreturn]] void hold(std::size_t bytes, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const long memory =
      syscall(SYS_mmap, nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != -1) write_pages(memory, bytes);
  const pid_t self = getpid();
  if (write(report, &self, sizeof self) != sizeof self) _exit(1);
  for (;;) pause();
}

/// Starts one holder for every byte that comes in; ends when the pipe closes.
[[noreturn]] void serve(int orders, int report, std::size_t bytes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGCHLD, SIG_IGN);
  for (char order = 0; read(orders, &order, 1) == 1;)
    if (fork() == 0) hold(bytes, report);
  _exit(0);
}

}  // namespace

Children::Children(int count, std::size_t bytes) {
  int down[2], up[2];
  if (pipe(down) != 0 || pipe(up) != 0) return;
  parent_ = fork();
  if (parent_ == 0) {
    close(down[1]);
    close(up[0]);
    serve(down[0], up[1], bytes);
  }
  close(down[0]);
  close(up[1]);
  to_parent_ = down[1];
  from_parent_ = up[0];
  for (int k = 0; k < count; ++k) pids_.push_back(next_pid());
}

pid_t Children::next_pid() {
  pid_t pid = 0;
  if (write(to_parent_, "+", 1) != 1) return 0;
  if (read(from_parent_, &pid, sizeof pid) != sizeof pid) return 0;
  return pid;
}

pid_t Children::replace_first() {
  kill(pids_.front(), SIGKILL);
  // The parent ignores SIGCHLD, so the pid disappears without being waited for.
  while (kill(pids_.front(), 0) == 0) usleep(1000);
  return pids_.front() = next_pid();
}

Children::~Children() {
  close(to_parent_);
  close(from_parent_);
  for (const pid_t pid : pids_)
    if (pid > 0) kill(pid, SIGKILL);
  waitpid(parent_, nullptr, 0);
}
