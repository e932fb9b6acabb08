#include "base/http_post.hpp"

#include <boost/asio/ip/tcp.hpp>
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

asio::awaitable<Result<unsigned>> http_post(PostRequest request, double timeout_s) {
  boost::system::error_code failed;
  const auto executor = co_await asio::this_coro::executor;
  const std::string where =
      fmt::format("http://{}:{}{}", request.host, request.port, request.target);
  const auto because = [&] { return fail("POST {}: {}", where, failed.message()); };
  const std::string service = std::to_string(request.port);

  asio::ip::tcp::resolver resolver(executor);
  const auto found = co_await resolver.async_resolve(
      request.host, service, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return because();

  beast::tcp_stream stream(executor);
  stream.expires_after(std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(timeout_s)));
  co_await stream.async_connect(found, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return because();

  http::request<http::string_body> message(http::verb::post, request.target, 11);
  message.set(http::field::host, fmt::format("{}:{}", request.host, request.port));
  message.set(http::field::user_agent, "leakbisect");
  message.set(http::field::content_type, request.content_type);
  message.set(http::field::connection, "close");
  message.body() = std::move(request.body);
  message.prepare_payload();
  co_await http::async_write(stream, message, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return because();

  beast::flat_buffer buffer;
  http::response_parser<http::empty_body> answer;
  co_await http::async_read_header(stream, buffer, answer,
                                   asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return because();
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  co_return answer.get().result_int();
}

}  // namespace leakbisect
