#include "subject/dialogue.hpp"

#include "base/files.hpp"

#include <boost/asio/io_context.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace leakbisect::subject {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t longest_said = std::size_t{64} << 20;
constexpr int look_every_ms = 20;  // its errors and its end are looked for this often
constexpr double last_words_s = 0.5;

Clock::time_point after(double seconds) {
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// A write to a program that has gone is an error of that write, not our end.
ssize_t write_quietly(int fd, std::string_view text) {
  sigset_t pipe_only, before;
  ::sigemptyset(&pipe_only);
  ::sigaddset(&pipe_only, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int why = errno;
  if (written < 0 && why == EPIPE) {
    const timespec now{};
    ::sigtimedwait(&pipe_only, nullptr, &now);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = why;
  return written;
}

struct Pipe {
  int reader = -1;
  int writer = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    reader = ends[0];
    writer = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(reader);
    close(writer);
  }
  static void close(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

std::string last_line_of(const std::filesystem::path& file) {
  std::string text = read_if_there(file);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const auto start = text.rfind('\n');
  return start == std::string::npos ? text : text.substr(start + 1);
}

}  // namespace

struct Dialogue::Parts {
  boost::asio::io_context io{1};  // carries its stderr; run only while we wait for it
  Pipe to;
  Pipe from;
  std::filesystem::path errors;
  std::unique_ptr<Process> process;
  std::string heard;    ///< said by the program, not yet handed out
  bool silent = false;  ///< it has closed its output

  // Waits for a moment, at most, until something can be read (or, when wanted, written).
  bool wait(bool to_write) {
    pollfd fds[2] = {{silent ? -1 : from.reader, POLLIN, 0},
                     {to_write ? to.writer : -1, POLLOUT, 0}};
    ::poll(fds, 2, look_every_ms);
    if ((fds[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read_some();
    io.restart();
    io.poll();
    return fds[1].revents != 0;
  }

  void read_some() {
    char block[65536];
    const ssize_t n = ::read(from.reader, block, sizeof block);
    if (n > 0) heard.append(block, static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) silent = true;
  }

  // What is known of a program that does not talk any more.
  Error gone(std::string_view doing) {
    const auto deadline = after(last_words_s);
    while (!process->exited() && Clock::now() < deadline) wait(false);
    io.restart();
    io.poll();
    const auto exit = process->exited();
    const std::string last = last_line_of(errors);
    return fail("{}: {}{}", doing,
                exit ? "it ended with " + to_string(*exit) : "it closed its pipe",
                last.empty() ? "" : fmt::format(", its last words: {}", last));
  }
};

Result<std::unique_ptr<Dialogue>> Dialogue::start(LaunchSpec spec) {
  auto parts = std::make_unique<Parts>();
  if (parts->to.writer < 0 || parts->from.reader < 0)
    return fail("cannot make a pipe: {}; raise the limit on open files (ulimit -n)",
                std::strerror(errno));
  spec.stdin_fd = parts->to.reader;
  spec.stdout_fd = parts->from.writer;
  parts->errors = spec.stderr_file;
  auto process = launch(parts->io.get_executor(), spec);
  if (!process) return process.error();
  parts->process = std::move(*process);
  Pipe::close(parts->to.reader);
  Pipe::close(parts->from.writer);
  ::fcntl(parts->to.writer, F_SETFL, O_NONBLOCK);
  ::fcntl(parts->from.reader, F_SETFL, O_NONBLOCK);
  return std::unique_ptr<Dialogue>(new Dialogue(std::move(parts)));
}

Dialogue::Dialogue(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Dialogue::~Dialogue() {
  parts_->process.reset();  // its outputs live in the io_context, which goes last
}

Result<> Dialogue::say(std::string_view line, double timeout_s) {
  const std::string text = std::string(line) + "\n";
  const auto deadline = after(timeout_s);
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t n = write_quietly(parts_->to.writer, left);
    if (n > 0) left.remove_prefix(static_cast<std::size_t>(n));
    if (n < 0 && errno == EPIPE) return parts_->gone("it does not listen any more");
    if (n < 0 && errno != EAGAIN && errno != EINTR)
      return fail("cannot write to it: {}", std::strerror(errno));
    if (left.empty()) break;
    if (Clock::now() > deadline) return fail("it did not read its input for {:.0f} s", timeout_s);
    parts_->wait(true);
  }
  return {};
}

Result<std::string> Dialogue::hear(double timeout_s) {
  const auto deadline = after(timeout_s);
  std::size_t looked = 0;
  while (true) {
    const auto end = parts_->heard.find('\n', looked);
    if (end != std::string::npos) {
      std::string line = parts_->heard.substr(0, end);
      parts_->heard.erase(0, end + 1);
      return line;
    }
    looked = parts_->heard.size();
    if (looked > longest_said) return fail("it says a line of more than 64 MiB");
    if (parts_->silent) return parts_->gone("it says nothing any more");
    if (Clock::now() > deadline) return fail("it did not answer within {:.3g} s", timeout_s);
    parts_->wait(false);
  }
}

}  // namespace leakbisect::subject
