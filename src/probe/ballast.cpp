#include "probe/ballast.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace leakbisect::probe {

namespace {

constexpr std::size_t longest_line = 64;

// Touched pages, never given back. Huge pages would make them megabytes at a time.
bool add_pages(std::size_t count, std::size_t page) {
  void* const place =
      ::mmap(nullptr, count * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return false;
  ::madvise(place, count * page, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < count; ++i) static_cast<volatile char*>(place)[i * page] = 1;
  return true;
}

}  // namespace

int keep_ballast(int lines) {
  ::prctl(PR_SET_NAME, "leakbisect-bal");
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::size_t kept = 0;
  std::string line;
  for (char c = 0;;) {
    const ssize_t got = ::read(lines, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return 0;
    if (c != '\n' && line.size() < longest_line) line += c;
    if (c != '\n') continue;
    const std::size_t wanted = std::strtoull(line.c_str(), nullptr, 10) / page;
    line.clear();
    if (wanted > kept && !add_pages(wanted - kept, page)) return 1;
    kept = std::max(kept, wanted);
  }
}

Result<std::unique_ptr<BallastKeeper>> BallastKeeper::start(const Start& start) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail("cannot make a pipe: {}", std::strerror(errno));
  // By our own image, which may have been replaced on disk since.
  const auto pid = start({"/proc/self/exe", ballast_command}, ends[0]);
  ::close(ends[0]);
  if (pid.has_value()) {
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    return std::unique_ptr<BallastKeeper>(new BallastKeeper(*pid, ends[1]));
  }
  ::close(ends[1]);
  return pid.error();
}

// It ends with the pipe; its zombie is taken by whoever reaps the tree.
BallastKeeper::~BallastKeeper() {
  ::close(line_);
}

bool BallastKeeper::keep(double bytes) {
  const std::string line = fmt::format("{:.0f}\n", bytes);
  // A full pipe means that it was stopped: the next line says it all.
  return ::write(line_, line.data(), line.size()) > 0 || errno == EAGAIN;
}

}  // namespace leakbisect::probe
