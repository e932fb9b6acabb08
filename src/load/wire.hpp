#pragma once

// One connection to the server, plain or TLS: sends a request, receives its answer, connects when
// it has to. Hides Asio's streams and Beast's parser. An answer is HTTP, or whatever ends with the
// text that the request expects; its body is counted and dropped. One exchange at a time.

#include "load/sequence.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace leakbisect::load {

/// What came of one request.
struct Answer {
  bool complete = false;    ///< else refused, reset, malformed or aborted
  unsigned status = 0;      ///< 0 of an answer that is not HTTP
  std::uint64_t bytes = 0;  ///< of the body, as far as it was received
};

class Wire {
 public:
  virtual ~Wire() = default;
  /// Sends and receives. A kept connection that the server has closed meanwhile is replaced, once,
  /// when the request may be repeated.
  virtual boost::asio::awaitable<Answer> exchange(Request request) = 0;
  /// Closes the connection at once; an exchange under way completes as not complete.
  virtual void abort() = 0;
};

/// How a connection behaves.
struct WireManner {
  bool keep_alive = true;             ///< else it is closed after each answer
  std::optional<double> read_rate{};  ///< bytes a second; nothing: as they come
};

std::unique_ptr<Wire> make_wire(boost::asio::any_io_executor executor, std::uint16_t port,
                                WireManner manner = {});

/// Any certificate will do: the server is our own child on 127.0.0.1.
std::unique_ptr<Wire> make_tls_wire(boost::asio::any_io_executor executor, std::uint16_t port,
                                    WireManner manner = {});

}  // namespace leakbisect::load
