#include "subject/urgency.hpp"

#include <filesystem>
#include <string>

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace leakbisect::subject {

namespace fs = std::filesystem;

namespace {

// The kernel's numbers (linux/ioprio.h).
constexpr long whose_process = 1, no_class = 0, idle_class = 3L << 13;
constexpr int idle_nice = 19;

// Our own share is the usual one: who runs us with `nice` means the builds as well.
void give_usual_share(pid_t thread) {
  const sched_param none{};
  const int own = ::sched_getscheduler(::getpid());
  ::sched_setscheduler(thread, own == SCHED_BATCH ? SCHED_BATCH : SCHED_OTHER, &none);
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(thread), ::getpriority(PRIO_PROCESS, 0));
  ::syscall(SYS_ioprio_set, whose_process, static_cast<long>(thread), no_class);
}

}  // namespace

void step_back() {
  const sched_param none{};
  ::setpriority(PRIO_PROCESS, 0, idle_nice);
  ::sched_setscheduler(0, SCHED_IDLE, &none);
  ::syscall(SYS_ioprio_set, whose_process, 0L, idle_class);
}

void call_forward(const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) {
    std::error_code gone;
    const fs::path threads = fs::path("/proc") / std::to_string(pid) / "task";
    for (const auto& thread : fs::directory_iterator(threads, gone))
      give_usual_share(std::stoi(thread.path().filename().string()));
  }
}

}  // namespace leakbisect::subject
