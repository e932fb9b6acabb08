#include "http.hpp"

#include <csignal>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::size_t longest_request = 64UL * 1024;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

void append_response(std::string& out, const Response& response, bool last) {
  out += "HTTP/1.1 " + std::to_string(response.status);
  out += response.status == 200 ? " OK" : " Not Found";
  out += "\r\nContent-Type: " + response.type;
  out += "\r\nContent-Length: " + std::to_string(response.body.size());
  out += last ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n";
  out += response.body;
}

}  // namespace

HttpServer::HttpServer(int port, Handler handler) : handler_(std::move(handler)) {
  listener_ = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener_, 128), "listen");

  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  signals_ = checked(signalfd(-1, &ending, SFD_CLOEXEC), "signalfd");
  epoll_ = checked(epoll_create1(EPOLL_CLOEXEC), "epoll");
  watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  watch(signals_, EPOLLIN, EPOLL_CTL_ADD);
}

HttpServer::~HttpServer() {
  for (const auto& [fd, connection] : connections_) close(fd);
  for (const int fd : {listener_, signals_, epoll_}) close(fd);
}

void HttpServer::run() {
  epoll_event events[64];
  while (true) {
    const int ready = epoll_wait(epoll_, events, 64, -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[i].data.fd;
      if (fd == signals_) return;
      if (fd == listener_) {
        accept_all();
      } else {
        serve(fd);
      }
    }
  }
}

void HttpServer::accept_all() {
  int fd = -1;
  while ((fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_[fd];
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

void HttpServer::serve(int fd) {
  auto& connection = connections_[fd];
  char buffer[4096];
  ssize_t got = 0;
  while ((got = recv(fd, buffer, sizeof buffer, 0)) > 0) {
    connection.in.append(buffer, static_cast<std::size_t>(got));
  }
  const bool gone = got == 0 || (errno != EAGAIN && errno != EINTR);
  answer(connection);
  const bool done = send_pending(fd, connection);
  if (gone || connection.in.size() > longest_request || (done && connection.last)) drop(fd);
}

// Answers every whole request that has arrived; the rest of the text waits for its end.
void HttpServer::answer(Connection& connection) {
  std::size_t end = 0;
  while (!connection.last && (end = connection.in.find("\r\n\r\n")) != std::string::npos) {
    const std::string head = connection.in.substr(0, end);
    connection.in.erase(0, end + 4);
    const auto path_begin = head.find(' ') + 1;
    const std::string path = head.substr(path_begin, head.find(' ', path_begin) - path_begin);
    connection.last = head.find("onnection: close") != std::string::npos;
    append_response(connection.out, handler_(path), connection.last);
  }
}

// True when nothing is left to send.
bool HttpServer::send_pending(int fd, Connection& connection) {
  while (!connection.out.empty()) {
    const auto sent = send(fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0) break;
    connection.out.erase(0, static_cast<std::size_t>(sent));
  }
  const bool done = connection.out.empty();
  watch(fd, done ? EPOLLIN : EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  return done;
}

void HttpServer::watch(int fd, unsigned events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  epoll_ctl(epoll_, operation, fd, &event);
}

void HttpServer::drop(int fd) {
  connections_.erase(fd);
  close(fd);
}
