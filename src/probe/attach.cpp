#include "probe/attach.hpp"

#include "base/files.hpp"
#include "probe/runtimes.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace leakbisect::probe {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int socket_looks = 150;
constexpr auto socket_look_every = std::chrono::milliseconds(20);
constexpr double agent_timeout_s = 10;
constexpr std::size_t longest_answer = std::size_t{1} << 20;

bool is_socket(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

bool refuses_attaching(pid_t pid) {
  for (const std::string& word : arguments_of(pid))
    if (word == "-XX:+DisableAttachMechanism") return true;
  return false;
}

/// The file that asks for the socket. HotSpot looks in its working directory and in /tmp; the
/// latter first, since the former is the user's.
class Request {
 public:
  Request(pid_t pid, pid_t own) {
    for (const char* place : {"root/tmp", "cwd"}) {
      path_ = fmt::format("/proc/{}/{}/.attach_pid{}", pid, place, own);
      const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      made_ = file >= 0;
      if (!made_) continue;
      // The JVM trusts a file of its own user only.
      struct stat owner {};
      if (::stat(fmt::format("/proc/{}", pid).c_str(), &owner) == 0 && ::geteuid() == 0)
        made_ = ::fchown(file, owner.st_uid, owner.st_gid) == 0;
      ::close(file);
      if (made_) return;
    }
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  ~Request() {
    if (made_) ::unlink(path_.c_str());
  }
  [[nodiscard]] bool made() const { return made_; }

 private:
  std::string path_;
  bool made_ = false;
};

asio::awaitable<Result<std::string>> talk(std::string path, std::string question) {
  error_code failed;
  asio::local::stream_protocol::socket socket(co_await asio::this_coro::executor);
  const asio::local::stream_protocol::endpoint endpoint(path);
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return fail("{}: {}", path, failed.message());
  co_await asio::async_write(socket, asio::buffer(question),
                             asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return fail("{}: {}", path, failed.message());
  std::string answer;
  auto buffer = asio::dynamic_buffer(answer, longest_answer);
  co_await asio::async_read(socket, buffer, asio::redirect_error(asio::use_awaitable, failed));
  if (failed != asio::error::eof) co_return fail("{}: {}", path, failed.message());
  co_return answer;
}

asio::awaitable<void> pause(asio::steady_timer& timer, std::chrono::nanoseconds time) {
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

// Asks one question of four words and returns what was printed; fails on another result code than
// 0.
asio::awaitable<Result<std::string>> ask(std::string socket, std::array<std::string, 4> words,
                                         double timeout_s) {
  using namespace asio::experimental::awaitable_operators;
  std::string question = std::string("1") + '\0';  // version
  for (const std::string& word : words) question += word + '\0';
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(timeout_s));
  auto ended = co_await (talk(std::move(socket), std::move(question)) || pause(timer, time));
  if (ended.index() == 1) co_return fail("{}: no answer in {:.0f} s", words[1], timeout_s);
  Result<std::string>& answer = std::get<0>(ended);
  if (answer.has_error()) co_return answer.error().within(words[1]);
  // The first line is the result code, then what was printed.
  const auto line = std::min(answer->find('\n'), answer->size());
  std::string printed = answer->substr(std::min(line + 1, answer->size()));
  if (answer->substr(0, line) != "0") co_return fail("{}: {}", words[1], printed.substr(0, 200));
  co_return printed;
}

}  // namespace

asio::awaitable<Result<std::string>> attach_to_jvm(pid_t pid) {
  const std::string status = read_if_there(fmt::format("/proc/{}/status", pid));
  const auto own = own_pid(status);
  if (!own) co_return fail("process {} is gone", pid);
  std::string socket = fmt::format("/proc/{}/root/tmp/.java_pid{}", pid, *own);
  if (is_socket(socket)) co_return socket;
  if (refuses_attaching(pid)) co_return fail("it runs with -XX:+DisableAttachMechanism");
  const Request request(pid, *own);
  if (!request.made())
    co_return fail("cannot ask it to open its attach socket: {}", std::strerror(errno));
  if (!signal_if_caught(pid, SIGQUIT))
    co_return fail("it does not handle SIGQUIT (started with -Xrs?)");
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int look = 0; look < socket_looks; ++look) {
    co_await pause(timer, socket_look_every);
    if (is_socket(socket)) co_return socket;
  }
  co_return fail("it opened no attach socket");
}

asio::awaitable<Result<>> load_agent(std::string socket, std::string jar, std::string argument) {
  std::array<std::string, 4> words{"load", "instrument", "false", jar + '=' + argument};
  const auto printed = co_await ask(std::move(socket), std::move(words), agent_timeout_s);
  if (printed.has_error()) co_return printed.error();
  // "0" up to Java 8, "return code: 0" since.
  const auto code = printed->find_first_of("0123456789");
  if (code == printed->npos || (*printed)[code] != '0')
    co_return fail("the agent was refused: {}", printed->substr(0, 200));
  co_return Result<>{};
}

asio::awaitable<Result<std::string>> diagnose(std::string socket, std::string command,
                                              double timeout_s) {
  std::array<std::string, 4> words{"jcmd", std::move(command), "", ""};
  co_return co_await ask(std::move(socket), std::move(words), timeout_s);
}

}  // namespace leakbisect::probe
