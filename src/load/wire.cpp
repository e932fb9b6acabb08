#include "load/wire.hpp"

#include "load/answer_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <optional>
#include <type_traits>

namespace leakbisect::load {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Code = boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

asio::ssl::context& tls_context() {
  static asio::ssl::context context = [] {
    asio::ssl::context any(asio::ssl::context::tls_client);
    any.set_verify_mode(asio::ssl::verify_none);
    return any;
  }();
  return context;
}

template <class Stream>
class StreamWire final : public Wire {
 public:
  StreamWire(asio::any_io_executor executor, std::uint16_t port)
      : executor_(std::move(executor)), endpoint_(asio::ip::address_v4::loopback(), port) {}

  asio::awaitable<Answer> exchange(Request request) override {
    aborted_ = false;
    for (;;) {
      const bool kept = open_;
      Code failed;
      if (!open_) failed = co_await connect();
      Answer answer;
      heard_ = false;
      if (!failed) failed = co_await send(request.text);
      if (!failed) failed = co_await receive(request.head, answer);
      if (!failed || aborted_) {
        answer.complete = !failed && !aborted_;
        if (aborted_) close();
        co_return answer;
      }
      close();
      if (!kept || heard_ || !request.repeatable) co_return answer;
    }
  }

  void abort() override {
    aborted_ = true;
    close();
  }

 private:
  asio::awaitable<Code> connect() {
    inbox_.clear();
    if constexpr (std::is_same_v<Stream, TlsStream>)
      stream_.emplace(executor_, tls_context());
    else
      stream_.emplace(executor_);
    Code failed;
    co_await stream_->lowest_layer().async_connect(
        endpoint_, asio::redirect_error(asio::use_awaitable, failed));
    if (failed || aborted_) co_return failed ? failed : asio::error::operation_aborted;
    Code ignored;
    stream_->lowest_layer().set_option(tcp::no_delay(true), ignored);
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      SSL_set_tlsext_host_name(stream_->native_handle(), "localhost");
      co_await stream_->async_handshake(asio::ssl::stream_base::client,
                                        asio::redirect_error(asio::use_awaitable, failed));
    } else {
      stream_->non_blocking(true, ignored);
    }
    open_ = !failed && !aborted_;
    co_return failed;
  }

  asio::awaitable<Code> send(std::string_view text) {
    Code failed;
    if constexpr (!std::is_same_v<Stream, TlsStream>) {
      // A request nearly always fits the socket's buffer: no need to go round the event loop.
      text.remove_prefix(stream_->write_some(asio::buffer(text), failed));
      if (failed == asio::error::would_block) failed = {};
      if (failed || text.empty()) co_return failed;
    }
    co_await asio::async_write(*stream_, asio::buffer(text),
                               asio::redirect_error(asio::use_awaitable, failed));
    co_return failed;
  }

  asio::awaitable<Code> receive(bool head, Answer& answer) {
    std::optional<AnswerParser> parser(std::in_place, head);
    Code failed;
    while (!parser->is_done()) {
      const auto room = inbox_.room();
      if (room.size() == 0) co_return http::error::header_limit;
      const std::size_t got = co_await stream_->async_read_some(
          room, asio::redirect_error(asio::use_awaitable, failed));
      inbox_.add(got);
      heard_ = heard_ || got > 0;
      if (aborted_) co_return asio::error::operation_aborted;
      if (failed) {
        failed = finish_at_end(*parser, failed);
        if (failed) co_return failed;
        break;
      }
      failed = parse(parser, head);
      if (failed) co_return failed;
    }
    answer.status = parser->status;
    answer.bytes = parser->bytes;
    // Bytes that nobody asked for: whose answer they are cannot be known, so start afresh.
    if (!parser->keep_alive() || !inbox_.empty()) close();
    co_return Code{};
  }

  /// Feeds what was received; an interim answer (1xx) is passed over.
  Code parse(std::optional<AnswerParser>& parser, bool head) {
    while (!inbox_.empty() && !parser->is_done()) {
      Code failed;
      inbox_.drop(parser->put(inbox_.pending(), failed));
      if (failed == http::error::need_more) return {};
      if (failed) return failed;
      if (parser->is_done() && parser->status < 200) parser.emplace(head);
    }
    return {};
  }

  /// The end of the stream ends a body that has no length of its own.
  static Code finish_at_end(AnswerParser& parser, Code end) {
    const bool closed = end == asio::error::eof || end == asio::ssl::error::stream_truncated;
    if (!closed || !parser.is_header_done()) return end;
    Code failed;
    parser.put_eof(failed);
    return failed;
  }

  void close() {
    open_ = false;
    Code ignored;
    if (stream_) stream_->lowest_layer().close(ignored);
  }

  asio::any_io_executor executor_;
  tcp::endpoint endpoint_;
  std::optional<Stream> stream_;
  Inbox inbox_;
  bool open_ = false;
  bool aborted_ = false;
  bool heard_ = false;  ///< some of the answer came
};

}  // namespace

std::unique_ptr<Wire> make_wire(asio::any_io_executor executor, std::uint16_t port) {
  return std::make_unique<StreamWire<tcp::socket>>(std::move(executor), port);
}

std::unique_ptr<Wire> make_tls_wire(asio::any_io_executor executor, std::uint16_t port) {
  return std::make_unique<StreamWire<TlsStream>>(std::move(executor), port);
}

}  // namespace leakbisect::load
