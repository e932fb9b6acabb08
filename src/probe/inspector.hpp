#pragma once

// Node's inspector of one process: opened by SIGUSR1 where it is not open, then one question at a
// time. Knows nothing of what is asked. https://chromedevtools.github.io/devtools-protocol/v8/

#include "base/error.hpp"
#include "base/websocket.hpp"
#include "probe/inspector_place.hpp"

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace leakbisect::probe {

class Inspector {
 public:
  /// `server_port` is the server's own, which is not searched for an inspector.
  Inspector(pid_t pid, std::uint16_t server_port,
            std::size_t largest_answer = WebSocket::largest_message);

  boost::asio::awaitable<Result<>> connect();
  [[nodiscard]] bool is_open() const { return socket_ && socket_->is_open(); }
  /// True once connect() has failed for a reason that does not go away.
  [[nodiscard]] bool refused() const { return refused_; }

  /// Asks, and waits for the answer to this question; others are events.
  boost::asio::awaitable<Result<nlohmann::json>> call(std::string method,
                                                      nlohmann::json parameters);
  /// The inspector's handle of a function; empty where it gives none.
  boost::asio::awaitable<std::string> handle_of(std::string_view expression);
  /// A process that ends waits for whoever is attached: let go as soon as it says so.
  boost::asio::awaitable<void> attend();

 private:
  boost::asio::awaitable<Result<>> find_place();
  Result<> open_port(std::uint16_t port);
  boost::asio::awaitable<Result<>> wait_for_port(std::set<std::uint16_t> before);
  bool note(const nlohmann::json& message);

  pid_t pid_;
  std::uint16_t server_port_;
  std::size_t largest_answer_;
  std::optional<InspectorPlace> place_;
  std::unique_ptr<WebSocket> socket_;
  int last_id_ = 0;
  bool signalled_ = false;
  bool refused_ = false;
};

}  // namespace leakbisect::probe
