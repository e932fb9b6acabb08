#pragma once

// A small HTTP/1.1 server for one thread: poll, keep-alive, bodies by Content-Length. It knows
// nothing of the shop; whoever runs it gives the function that answers a request.

#include <functional>
#include <map>
#include <string>

struct Request {
  std::string method;
  std::string path;
  std::string body;
};

class HttpServer {
 public:
  using Handler = std::function<std::string(const Request&)>;
  using Tick = std::function<void()>;

  /// Listens on 127.0.0.1:`port`; throws std::system_error when it cannot.
  HttpServer(int port, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Serves until SIGTERM or SIGINT; `tick` is called about ten times a second.
  void run(const Tick& tick);

 private:
  void accept_all();
  /// False when the connection is over.
  bool serve(int fd, std::string& in);

  Handler handler_;
  std::map<int, std::string> connections_;  // received and not yet answered, by descriptor
  int listener_ = -1;
};
