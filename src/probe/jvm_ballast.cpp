#include "probe/jvm_ballast.hpp"

#include "base/files.hpp"
#include "probe/attach.hpp"
#include "probe/runtimes.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leakbisect::probe {

namespace asio = boost::asio;

namespace {

// A file that was not there, of the process's own user; -1 where it cannot be made.
int make_for(pid_t pid, const std::string& path) {
  ::unlink(path.c_str());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
  struct stat owner {};
  if (file >= 0 && ::geteuid() == 0 && ::stat(fmt::format("/proc/{}", pid).c_str(), &owner) == 0) {
    [[maybe_unused]] const int ignored = ::fchown(file, owner.st_uid, owner.st_gid);
  }
  return file;
}

// The path by which the file can be removed when the process has ended as well.
std::string lasting_path(const std::string& near, const std::string& own) {
  struct stat one {
  }, other{};
  const bool is_same = ::stat(near.c_str(), &one) == 0 && ::stat(own.c_str(), &other) == 0 &&
                       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
  return is_same ? own : near;
}

}  // namespace

JvmBallast::~JvmBallast() {
  if (!line_.empty()) ::unlink(line_.c_str());
  if (!jar_.empty()) ::unlink(jar_.c_str());
}

Result<> JvmBallast::put_files() {
  const auto own = own_pid(read_if_there(fmt::format("/proc/{}/status", pid_)));
  if (!own) return fail("process {} is gone", pid_);
  seen_ = fmt::format("/tmp/.leakbisect-ballast-{}", *own);
  const std::string path = fmt::format("/proc/{}/root{}", pid_, seen_);
  const int line = make_for(pid_, path);
  if (line < 0) return fail("cannot write to its /tmp: {}", std::strerror(errno));
  line_ = lasting_path(path, seen_);
  ::close(line);
  const int jar = make_for(pid_, path + ".jar");
  if (jar < 0) return fail("cannot write to its /tmp: {}", std::strerror(errno));
  jar_ = lasting_path(path + ".jar", seen_ + ".jar");
  const std::string_view agent = jvm_ballast_agent();
  const bool is_whole =
      ::write(jar, agent.data(), agent.size()) == static_cast<ssize_t>(agent.size());
  ::close(jar);
  if (!is_whole) return fail("cannot write to its /tmp: {}", std::strerror(errno));
  return {};
}

asio::awaitable<Result<>> JvmBallast::add(std::string socket, double bytes) {
  if (!is_loaded_) {
    const Result<> there = put_files();
    if (there.has_error()) co_return there;
    std::string jar = seen_ + ".jar";
    std::string argument = seen_;
    const Result<> loaded =
        co_await load_agent(std::move(socket), std::move(jar), std::move(argument));
    if (loaded.has_error()) co_return loaded;
    is_loaded_ = true;
  }
  bytes_ += bytes;
  if (::truncate(line_.c_str(), static_cast<off_t>(bytes_)) != 0)
    co_return fail("cannot write to its /tmp: {}", std::strerror(errno));
  co_return Result<>{};
}

}  // namespace leakbisect::probe
