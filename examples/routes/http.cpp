#include "http.hpp"

#include <chrono>
#include <csignal>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::size_t longest_request = 64UL * 1024;
constexpr auto tick_every = std::chrono::milliseconds(100);

volatile std::sig_atomic_t ending = 0;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

std::size_t body_length(const std::string& head) {
  const auto at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
}

// Takes one whole request off the text, if there is one.
bool take_request(std::string& in, Request& request) {
  const auto end = in.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string head = in.substr(0, end);
  const std::size_t length = body_length(head);
  if (in.size() < end + 4 + length) return false;
  const auto space = head.find(' ');
  request.method = head.substr(0, space);
  request.path = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
  request.body = in.substr(end + 4, length);
  in.erase(0, end + 4 + length);
  return true;
}

bool send_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto sent = send(fd, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
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
  struct sigaction action {};
  action.sa_handler = [](int) { ending = 1; };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

HttpServer::~HttpServer() {
  for (const auto& [fd, in] : connections_) close(fd);
  close(listener_);
}

void HttpServer::run(const Tick& tick) {
  auto due = std::chrono::steady_clock::now() + tick_every;
  while (ending == 0) {
    std::vector<pollfd> watched{{listener_, POLLIN, 0}};
    for (const auto& [fd, in] : connections_) watched.push_back({fd, POLLIN, 0});
    poll(watched.data(), watched.size(), 20);
    if (watched.front().revents != 0) accept_all();
    for (std::size_t i = 1; i < watched.size(); ++i) {
      const int fd = watched[i].fd;
      if (watched[i].revents == 0 || serve(fd, connections_[fd])) continue;
      connections_.erase(fd);
      close(fd);
    }
    if (std::chrono::steady_clock::now() < due) continue;
    due += tick_every;
    tick();
  }
}

void HttpServer::accept_all() {
  int fd = -1;
  while ((fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_[fd];
  }
}

bool HttpServer::serve(int fd, std::string& in) {
  char buffer[4096];
  const auto got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (got <= 0) return got < 0 && (errno == EAGAIN || errno == EINTR);
  in.append(buffer, static_cast<std::size_t>(got));
  Request request;
  while (take_request(in, request)) {
    const std::string body = handler_(request);
    if (!send_all(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body))
      return false;
  }
  return in.size() <= longest_request;
}
