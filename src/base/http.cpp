#include "base/http.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>

namespace leakbisect {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

asio::awaitable<Result<HttpReply>> http_request(std::uint16_t port, std::string method,
                                                std::string target, double timeout_s) {
  boost::system::error_code failed;
  const auto executor = co_await asio::this_coro::executor;
  const std::string where = fmt::format("http://127.0.0.1:{}{}", port, target);
  const auto because = [&] { return fail("{} {}: {}", method, where, failed.message()); };

  const http::verb verb = http::string_to_verb(method);
  if (verb == http::verb::unknown) co_return fail("unknown HTTP method \"{}\"", method);
  beast::tcp_stream stream(executor);
  stream.expires_after(std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(timeout_s)));
  const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  co_await stream.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return because();

  http::request<http::empty_body> request(verb, target, 11);
  request.set(http::field::host, fmt::format("127.0.0.1:{}", port));
  request.set(http::field::user_agent, "leakbisect");
  request.set(http::field::connection, "close");
  request.prepare_payload();
  co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return because();

  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(std::uint64_t{16} << 20);
  co_await http::async_read(stream, buffer, parser,
                            asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return because();
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  co_return HttpReply{parser.get().result_int(), std::move(parser.get().body())};
}

}  // namespace leakbisect
