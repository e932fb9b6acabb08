#pragma once

// One small HTTP request to a loopback server: readiness checks, heap endpoints, settle hooks.
// Not for load (see src/load): one connection a call, nothing kept alive.

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace leakbisect {

struct HttpReply {
  unsigned status = 0;
  std::string body;
};

/// One request to http://127.0.0.1:`port``target`; `method` is "GET" or "POST". Fails when refused,
/// malformed or not complete within `timeout_s` seconds. Bodies over 16 MiB are refused.
boost::asio::awaitable<Result<HttpReply>> http_request(std::uint16_t port, std::string method,
                                                       std::string target, double timeout_s);

}  // namespace leakbisect
