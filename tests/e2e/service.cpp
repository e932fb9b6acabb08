// Somebody else who starts servers, as a container's engine or a service manager does, and its
// client. Small on purpose; everything ends by itself after two minutes.
//
//   service serve SOCKET MANNER PROGRAM   listens on a Unix socket; ends servers with their clients
//   service ask SOCKET [NAME ...]         asks for a server with these variables of ours; waits
//
// MANNER: "plain"; "restart": the server is ended and started anew after four seconds; "resident":
// the service itself answers on the port.

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <thread>

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr unsigned life_s = 120;

int unix_socket(const std::string& path, bool listens) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const auto* place = reinterpret_cast<const sockaddr*>(&address);
  const int failed = listens ? ::bind(fd, place, sizeof address) || ::listen(fd, 8)
                             : ::connect(fd, place, sizeof address);
  if (failed != 0) ::_exit(97);
  return fd;
}

std::string read_request(int client) {
  std::string text;
  for (char c = 0; ::read(client, &c, 1) == 1 && c != '.';) text += c;
  return text;
}

// "NAME=VALUE" lines become the environment of the server.
pid_t start(const std::string& request, const char* program) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setsid();
  ::alarm(life_s);
  std::istringstream lines(request);
  for (std::string line; std::getline(lines, line);)
    if (const auto is = line.find('='); is != line.npos)
      ::setenv(line.substr(0, is).c_str(), line.substr(is + 1).c_str(), 1);
  ::execl(program, program, nullptr);
  ::_exit(96);
}

void end(pid_t server) {
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
}

// One client's server, by a process of its own.
void look_after(int client, bool restarts, const char* program) {
  ::alarm(life_s);
  const std::string request = read_request(client);
  pid_t server = start(request, program);
  if (restarts) {
    ::sleep(4);  // a process that lives shorter counts as a helper
    end(server);
    server = start(request, program);
  }
  for (char c = 0; ::read(client, &c, 1) > 0;) continue;
  end(server);
  ::_exit(0);
}

void answer_for_ever(int listener) {
  while (true) {
    const int connection = ::accept(listener, nullptr, nullptr);
    std::thread([connection] {
      constexpr char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
      for (char block[4096]; ::read(connection, block, sizeof block) > 0;)
        if (::send(connection, reply, sizeof reply - 1, MSG_NOSIGNAL) < 0) break;
      ::close(connection);
    }).detach();
  }
}

void answer_itself(const std::string& request) {
  const auto at = request.find("PORT=");
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(request.c_str() + at + 5)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
  ::listen(fd, 64);
  std::thread(answer_for_ever, fd).detach();
}

int serve(const std::string& path, const std::string& manner, const char* program) {
  ::signal(SIGCHLD, SIG_IGN);
  const int listener = unix_socket(path, true);
  while (true) {
    const int client = ::accept(listener, nullptr, nullptr);
    if (client < 0) continue;
    if (manner == "resident") {
      answer_itself(read_request(client));
      continue;
    }
    if (::fork() == 0) {
      ::signal(SIGCHLD, SIG_DFL);
      ::close(listener);
      look_after(client, manner == "restart", program);
    }
    ::close(client);
  }
}

int ask(int argc, char** argv) {
  const int service = unix_socket(argv[2], false);
  std::string request;
  for (int n = 3; n < argc; ++n)
    if (const char* value = std::getenv(argv[n]))
      request += std::string(argv[n]) + "=" + value + "\n";
  request += ".";
  if (::write(service, request.data(), request.size()) < 0) return 95;
  while (true) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  ::alarm(life_s);
  const std::string what = argc > 2 ? argv[1] : "";
  if (what == "serve" && argc == 5) return serve(argv[2], argv[3], argv[4]);
  if (what == "ask") return ask(argc, argv);
  return 64;
}
