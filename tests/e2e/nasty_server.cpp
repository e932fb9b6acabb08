// A server that does what real ones do at their worst. Small on purpose, and no model for a server:
// one thread a connection, any path answered alike.
//
// Environment: PORT; LEAK, KiB that each request leaks; DELAY, ms that each answer takes; LACKS, a
// path that it answers with 404, without leaking; NASTY, one of the words in `main` and `answer`.
// Arguments are ignored: a test puts its own path there, to find whoever is left by it.

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

std::string value_of(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

const std::string nasty = value_of("NASTY");

std::size_t bytes_of(const char* name) {
  return std::strtoul(value_of(name).c_str(), nullptr, 10) * 1024;
}

// "parts": A and B leak as well, so many KiB each.
const std::size_t leak_bytes =
    bytes_of("LEAK") + (nasty == "parts" ? bytes_of("A") + bytes_of("B") : 0);
const auto delay = std::chrono::milliseconds(std::strtoul(value_of("DELAY").c_str(), nullptr, 10));
const std::string lacks = value_of("LACKS");
std::atomic<int> answered{0};
std::atomic<int> listener{-1};
char** arguments = nullptr;

constexpr int fds_at_most = 256;
constexpr unsigned life_s = 120;  // whatever becomes of the test, this ends

[[noreturn]] void start_again() {
  ::setenv("NASTY_AGAIN", std::to_string(listener).c_str(), 1);
  for (int fd = 3; fd < fds_at_most; ++fd)
    if (fd != listener) ::close(fd);
  ::execv("/proc/self/exe", arguments);
  ::_exit(9);
}

const char* answer(const std::string& request) {
  if (delay.count() > 0) std::this_thread::sleep_for(delay);
  if (!lacks.empty() && request.rfind("GET " + lacks + " ", 0) == 0)
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n";
  const int count = ++answered;
  if (leak_bytes > 0) {
    auto* const lost = static_cast<volatile char*>(std::malloc(leak_bytes));
    for (std::size_t i = 0; lost != nullptr && i < leak_bytes; i += 512) lost[i] = 1;
  }
  if (nasty == "segv" && count == 200) std::raise(SIGSEGV);
  if (nasty == "reexec" && count == 200 && value_of("NASTY_AGAIN").empty()) start_again();
  if (nasty == "flood")
    for (int line = 0; line < 64; ++line) {
      static const std::string noise(1023, 'x');
      if (::write(1, (noise + "\n").data(), noise.size() + 1) < 0) break;
    }
  const bool health = request.rfind("GET /healthz", 0) == 0;
  const bool split = value_of("A") == "0" && value_of("B") == "1";
  if (!health && (nasty == "broken" || (nasty == "split" && split)))
    return "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\nno\n";
  return "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
}

void serve(int connection) {
  std::string received;
  char block[4096];
  for (ssize_t n = 0; (n = ::read(connection, block, sizeof block)) > 0;) {
    received.append(block, static_cast<std::size_t>(n));
    for (auto end = received.find("\r\n\r\n"); end != received.npos;
         end = received.find("\r\n\r\n")) {
      const std::string reply = answer(received);
      if (::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) break;
      received.erase(0, end + 4);
    }
  }
  ::close(connection);
}

int listen_on_port() {
  if (const std::string inherited = value_of("NASTY_AGAIN"); !inherited.empty())
    return std::atoi(inherited.c_str());
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(value_of("PORT").c_str())));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) ::_exit(98);
  ::listen(fd, 128);
  return fd;
}

// The textbook's daemon: a session of its own, then a second fork. The first process returns true.
bool daemonised() {
  if (::fork() != 0) return true;
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  ::alarm(life_s);  // alarms are not inherited
  return false;
}

// Ends of this server that no polite signal reaches.
void be_deaf() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
}

[[noreturn]] void sleep_for_ever() {
  while (true) ::pause();
}

}  // namespace

int main(int, char** argv) {
  arguments = argv;
  ::alarm(life_s);
  if (nasty == "early") {
    static const char words[] = "Error: cannot open \x1b[31mthe database\x1b[0m <script>\n";
    return ::write(2, words, sizeof words - 1) > 0 ? 3 : 4;
  }
  if (nasty == "never") sleep_for_ever();
  if (nasty == "needs" && value_of("B") == "0") return 3;
  if (nasty == "deaf") be_deaf();
  listener = listen_on_port();
  // Nobody is left in the foreground.
  if (nasty == "daemon") {
    if (daemonised()) return 0;
    be_deaf();
  }
  // The daemon serves; the first process stays, holds no port, and ends as it is told.
  if (nasty == "escaped") {
    if (daemonised()) {
      ::close(listener);
      sleep_for_ever();
    }
    be_deaf();
  }
  while (true) {
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection < 0) continue;
    try {
      std::thread(serve, connection).detach();
    } catch (const std::system_error&) {
      ::close(connection);  // no threads while another one starts us again
    }
  }
}
