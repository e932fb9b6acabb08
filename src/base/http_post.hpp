#pragma once

// One POST to a server that the user named, wherever it is. Plain HTTP.

#include "base/error.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace leakbisect {

struct PostRequest {
  std::string host;  ///< a name or an IPv4 address
  std::uint16_t port = 80;
  std::string target = "/";
  std::string body;
  std::string content_type = "application/json";
};

/// The status of the answer. Fails when the name is not known, or the answer has not come within
/// `timeout_s` seconds; of a long answer no more than its head is read.
boost::asio::awaitable<Result<unsigned>> http_post(PostRequest request, double timeout_s);

}  // namespace leakbisect
