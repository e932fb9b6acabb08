#pragma once

// A small WebSocket client for a server on loopback: text messages, one question at a time. Knows
// nothing of what is said over it (see probe/inspector.hpp). Every call has a deadline; a call that
// fails leaves the connection closed, since half a message may be on the way.

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace leakbisect {

class WebSocket {
 public:
  /// Longest message that is taken as a rule; a longer one closes the connection.
  static constexpr std::size_t largest_message = std::size_t{1} << 20;

  virtual ~WebSocket() = default;  ///< drops the connection at once

  /// Sends one text message. Fails when it is not on its way after `timeout_s`.
  virtual boost::asio::awaitable<Result<>> send(std::string text, double timeout_s) = 0;
  /// The next message. Fails when the other side closes, or after `timeout_s`.
  virtual boost::asio::awaitable<Result<std::string>> receive(double timeout_s) = 0;
  /// True when receive() would find something at once, be it the end.
  [[nodiscard]] virtual bool has_input() const = 0;
  [[nodiscard]] virtual bool is_open() const = 0;
  /// Drops the connection without a farewell: the other side sees it end.
  virtual void close() = 0;
};

/// Connects to ws://127.0.0.1:`port``target`. Fails when refused, when the other side speaks no
/// WebSocket, or after `timeout_s`. `largest`: of the messages that are taken.
boost::asio::awaitable<Result<std::unique_ptr<WebSocket>>> open_websocket(
    std::uint16_t port, std::string target, double timeout_s,
    std::size_t largest = WebSocket::largest_message);

}  // namespace leakbisect
