// A server that does one thing wrong, named by its first argument. Everything is bounded: no mode
// lives longer than two minutes, makes more than 40 processes or takes more than 1 GiB.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <dirent.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int longest_life_s = 120;

std::vector<std::string> words;

std::string word(std::size_t n) {
  return n < words.size() ? words[n] : "";
}
int number(std::size_t n) {
  return std::atoi(word(n).c_str());
}

[[noreturn]] void sleep_on() {
  for (int s = 0; s < longest_life_s; ++s) ::sleep(1);
  std::_Exit(9);
}

int listen_on(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd, 16) != 0) {
    std::perror("listen");
    std::_Exit(1);
  }
  return fd;
}

[[noreturn]] void serve(int port, int status) {
  const int listener = listen_on(port);
  ::alarm(longest_life_s);
  std::printf("listening on %d\n", port);
  std::fflush(stdout);
  while (true) {
    const int fd = ::accept(listener, nullptr, nullptr);
    if (fd < 0) continue;
    char request[4096];
    if (::read(fd, request, sizeof request) > 0) {
      const std::string answer = "HTTP/1.1 " + std::to_string(status) +
                                 " Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      if (::write(fd, answer.data(), answer.size()) < 0) std::perror("write");
    }
    ::close(fd);
  }
}

// Runs `child` where neither the session, the process group nor the parent tell whose it is.
template <class Child>
void escape(Child child) {
  if (const pid_t between = ::fork(); between != 0) {
    ::waitpid(between, nullptr, 0);
    return;
  }
  ::setsid();
  if (::fork() != 0) std::_Exit(0);
  child();
  std::_Exit(0);
}

void serve_well() {
  serve(number(2), 200);
}
void answer_status() {
  serve(number(3), number(2));
}
void double_fork() {
  escape(serve_well);
  sleep_on();
}
void become_daemon() {
  escape(serve_well);
}
void forget_environment() {
  escape([] {
    ::execle("/proc/self/exe", "misbehave", "serve", word(2).c_str(), nullptr,
             static_cast<char* const*>(std::vector<char*>{nullptr}.data()));
  });
  sleep_on();
}
void ignore_term() {
  ::signal(SIGTERM, SIG_IGN);
  serve_well();
}
void exit_early() {
  std::fprintf(stderr, "cannot go on\n");
  std::exit(number(2));
}
void die() {
  ::raise(number(2));
  sleep_on();
}
void re_execute() {
  ::execl("/proc/self/exe", "misbehave", "serve", word(2).c_str(), nullptr);
}
void leak() {
  for (int mib = 0; mib < 1024; ++mib) {
    // Where compilers cannot see that nobody reads it.
    auto* const memory = static_cast<volatile char*>(std::malloc(1 << 20));
    for (int i = 0; i < 1 << 20; i += 1024) memory[i] = 1;
    ::usleep(1000);
  }
  sleep_on();
}
// A master that replaces the worker which leaks; it would never end by itself.
void leaking_worker() {
  for (int worker = 0; worker < 20; ++worker) {
    const pid_t pid = ::fork();
    if (pid == 0) leak();
    siginfo_t ended;
    ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED);
  }
  sleep_on();
}
void stray_holds_port() {
  const int listener = listen_on(number(2));
  if (::fork() == 0) {
    ::signal(SIGTERM, SIG_IGN);
    sleep_on();
  }
  std::printf("listening with %d\n", listener);
  std::fflush(stdout);
  sleep_on();
}
void spit() {
  const std::string line(1023, 'x');
  for (int kib = 0; kib < number(2); ++kib) std::puts(line.c_str());
}
void storm() {
  for (int n = 0; n < 30; ++n) escape(sleep_on);
  std::puts("stormed");
  std::fflush(stdout);
  sleep_on();
}
void say() {
  ::usleep(50'000);
  std::fputs(word(2).c_str(), stderr);  // without an end of line
  sleep_on();
}
void show_descriptors() {
  DIR* const folder = ::opendir("/proc/self/fd");
  while (const dirent* entry = ::readdir(folder))
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder))
      std::puts(entry->d_name);
}
// Hands one connection on into a network of its own, where the server listens that nobody here
// sees.
void forward() {
  const int listener = listen_on(number(2));
  constexpr int inner_port = 8080;
  if (::unshare(CLONE_NEWNET) != 0) std::exit(77);
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP;
  const int any = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (::ioctl(any, SIOCSIFFLAGS, &loopback) != 0) std::exit(77);
  escape([&] {
    ::close(listener);
    const int inner = listen_on(inner_port);
    while (true) ::accept(inner, nullptr, nullptr);  // and keep it
  });
  while (true) {
    const int client = ::accept(listener, nullptr, nullptr);
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(inner_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    while (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      ::usleep(1000);
    static_cast<void>(client);
  }
}
// Folder, session, signals and arguments as the program finds them.
void show_surroundings() {
  char folder[4096] = "";
  if (::getcwd(folder, sizeof folder) == nullptr) std::exit(1);
  std::printf("folder=%s\nsession=%d\n", folder, ::getsid(0) == ::getpid());
  struct sigaction pipe {};
  ::sigaction(SIGPIPE, nullptr, &pipe);
  sigset_t blocked;
  ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
  std::printf("sigpipe=%s\nblocked=%d\n", pipe.sa_handler == SIG_DFL ? "default" : "other",
              sigismember(&blocked, SIGTERM));
  const char* const greeting = std::getenv("GREETING");
  std::printf("greeting=%s\n", greeting != nullptr ? greeting : "(none)");
  for (std::size_t n = 2; n < words.size(); ++n) std::printf("[%s]\n", words[n].c_str());
}

}  // namespace

int main(int argc, char** argv) {
  words.assign(argv, argv + argc);
  ::alarm(longest_life_s);
  const std::map<std::string, void (*)()> modes{{"serve", serve_well},
                                                {"status", answer_status},
                                                {"double-fork", double_fork},
                                                {"daemon", become_daemon},
                                                {"forget-environment", forget_environment},
                                                {"ignore-term", ignore_term},
                                                {"exit", exit_early},
                                                {"die", die},
                                                {"never-ready", sleep_on},
                                                {"re-execute", re_execute},
                                                {"leak", leak},
                                                {"leaking-worker", leaking_worker},
                                                {"stray-holds-port", stray_holds_port},
                                                {"spit", spit},
                                                {"storm", storm},
                                                {"say", say},
                                                {"descriptors", show_descriptors},
                                                {"forward", forward},
                                                {"surroundings", show_surroundings}};
  const auto mode = modes.find(word(1));
  if (mode == modes.end()) return 64;
  mode->second();
}
