#pragma once

// An HTTP server inside the test, plain or TLS, on a port of its own: remembers what it was asked,
// and answers as it is told to. Also the loop that runs a load until enough has been seen.

#include "load/load.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace leakbisect::load {

struct Received {
  std::string method, path, head, body;
};

struct Reply {
  unsigned status = 200;
  std::string body = "hello";
  double delay_s = 0;
  bool close = false;  ///< says so, and closes after the answer
  bool drop = false;   ///< closes without an answer
  std::string raw;     ///< sent instead of all that, if not empty
};

class TestServer {
 public:
  explicit TestServer(boost::asio::io_context& io, bool tls = false);
  [[nodiscard]] std::uint16_t port() const { return port_; }

  std::function<Reply(const Received&)> answer = [](const Received&) { return Reply{}; };
  std::vector<Received> received;
  int connections = 0;  ///< accepted so far
  int open = 0;         ///< now
  int most_open = 0;
  int busy = 0;  ///< requests being answered now
  int most_busy = 0;

  [[nodiscard]] std::vector<std::string> paths() const;

 private:
  boost::asio::awaitable<void> accept(bool tls);
  boost::asio::awaitable<void> greet(boost::asio::ip::tcp::socket socket, bool tls);
  template <class Stream>
  boost::asio::awaitable<void> serve(Stream& stream);
  template <class Stream>
  boost::asio::awaitable<bool> serve_one(Stream& stream, std::string& buffer);

  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::unique_ptr<boost::asio::ssl::context> tls_;
};

/// A context with a key and a certificate made on the spot.
std::unique_ptr<boost::asio::ssl::context> self_signed_context();

/// Settings of our own load, and requests for them.
config::HttpLoad open_loop(double rate, int connections);
config::HttpLoad closed_loop(int connections, double think_s = 0);
config::HttpRequest get(std::string path, double weight = 1);

/// Our own load on the server at `port`.
Result<std::unique_ptr<Load>> http_load(config::HttpLoad load, std::uint16_t port,
                                        std::uint64_t seed = 1);

/// Runs the load until `enough` says so (asked 200 times a second, for 20 s at most), then cancels
/// it. Returns what run() returned.
Result<> run_until(boost::asio::io_context& io, Load& load, std::function<bool()> enough);

/// Lets what is pending in `io` happen, for a few turns.
void settle(boost::asio::io_context& io);

}  // namespace leakbisect::load
