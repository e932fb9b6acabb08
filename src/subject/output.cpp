#include "subject/output.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace leakbisect::subject {

namespace asio = boost::asio;

namespace {

// As much as an unprivileged process may ask for: a burst of output then does not wait for us.
constexpr int pipe_bytes = 1 << 20;

}  // namespace

Result<std::shared_ptr<Output>> Output::make(const asio::any_io_executor& executor,
                                             const std::filesystem::path& file, double cap_bytes) {
  std::error_code ignored;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  const std::filesystem::path target = file.empty() ? "/dev/null" : file;
  const int fd =
      ::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail("cannot write the log {}: {}; choose another --out folder", target.string(),
                std::strerror(errno));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    const int why = errno;
    ::close(fd);
    return fail("cannot make a pipe: {}; raise the limit on open files (ulimit -n)",
                std::strerror(why));
  }
  ::fcntl(ends[1], F_SETPIPE_SZ, pipe_bytes);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  try {
    return std::shared_ptr<Output>(new Output(executor, ends[0], ends[1], fd, cap_bytes));
  } catch (const std::exception& error) {
    for (const int open : {ends[0], ends[1], fd}) ::close(open);
    return fail("cannot watch a pipe: {}; raise the limit on open files (ulimit -n)", error.what());
  }
}

Output::Output(const asio::any_io_executor& executor, int reader, int writer, int file,
               double cap_bytes)
    : reader_(executor, reader),
      writer_(writer),
      file_(file),
      room_(static_cast<std::uint64_t>(std::clamp(cap_bytes, 0.0, 1e18))),
      cap_(room_) {}

Output::~Output() {
  close_writer();
  close();
}

void Output::close_writer() {
  if (writer_ >= 0) ::close(writer_);
  writer_ = -1;
}

void Output::start() {
  asio::co_spawn(reader_.get_executor(), pump(shared_from_this()), asio::detached);
}

asio::awaitable<void> Output::pump(std::shared_ptr<Output> self) {
  boost::system::error_code failed;
  while (!failed) {
    co_await self->reader_.async_wait(asio::posix::stream_descriptor::wait_read,
                                      asio::redirect_error(asio::use_awaitable, failed));
    if (!failed && self->carry() == Carried::closed) break;
  }
}

void Output::drain() {
  // Bounded: whoever still writes could otherwise keep us here.
  for (int block = 0; block < 256 && carry() == Carried::some; ++block) continue;
}

Output::Carried Output::carry() {
  if (!reader_.is_open()) return Carried::closed;
  static std::array<char, 65536> block;
  const ssize_t n = ::read(reader_.native_handle(), block.data(), block.size());
  if (n == 0) return Carried::closed;
  if (n < 0) return errno == EAGAIN || errno == EINTR ? Carried::nothing_now : Carried::closed;
  const auto kept = std::min<std::uint64_t>(static_cast<std::uint64_t>(n), room_);
  room_ -= kept;
  dropped_ += static_cast<std::uint64_t>(n) - kept;
  write({block.data(), kept});
  return Carried::some;
}

void Output::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(file_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {  // a full disk must not stop the trial; it is counted as dropped
      dropped_ += text.size();
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Output::close() {
  if (file_ < 0) return;
  drain();
  boost::system::error_code ignored;
  reader_.close(ignored);
  if (dropped_ > 0)
    write(fmt::format("\n[leakbisect: {} bytes dropped after the first {}]\n", dropped_, cap_));
  ::close(file_);
  file_ = -1;
}

}  // namespace leakbisect::subject
