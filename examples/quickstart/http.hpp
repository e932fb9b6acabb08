#pragma once

// A small HTTP/1.1 server for one thread: epoll, keep-alive, GET with no body. It knows nothing of
// the site; whoever runs it gives the function that turns a path into a body.

#include <functional>
#include <map>
#include <string>

struct Response {
  int status = 200;
  std::string type = "text/html; charset=utf-8";
  std::string body;
};

class HttpServer {
 public:
  using Handler = std::function<Response(const std::string& path)>;

  /// Listens on 127.0.0.1:`port`; throws std::system_error when it cannot.
  HttpServer(int port, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Serves until SIGTERM or SIGINT.
  void run();

 private:
  struct Connection {
    std::string in;
    std::string out;
    bool last = false;  ///< close once `out` is sent
  };

  void accept_all();
  void serve(int fd);
  void answer(Connection& connection);
  bool send_pending(int fd, Connection& connection);
  void watch(int fd, unsigned events, int operation);
  void drop(int fd);

  Handler handler_;
  std::map<int, Connection> connections_;
  int listener_ = -1;
  int signals_ = -1;
  int epoll_ = -1;
};
