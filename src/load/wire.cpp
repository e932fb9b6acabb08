#include "load/wire.hpp"

#include "load/answer_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <type_traits>

namespace leakbisect::load {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Code = boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

// A slow reader's turns, and what the kernel may hold for it (it doubles that).
constexpr double slow_turn_s = 0.1;
constexpr int slow_buffer = 4096;

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
  StreamWire(asio::any_io_executor executor, std::uint16_t port, WireManner manner)
      : executor_(std::move(executor)),
        rest_(executor_),
        endpoint_(asio::ip::address_v4::loopback(), port),
        manner_(manner) {}

  asio::awaitable<Answer> exchange(Request request) override {
    aborted_ = false;
    for (;;) {
      const bool kept = open_;
      Code failed;
      if (!open_) failed = co_await connect();
      Answer answer;
      heard_ = false;
      if (!failed) failed = co_await send(request.text);
      if (!failed && !request.expect.empty()) {
        failed = co_await receive_until(request.expect, answer);
      } else if (!failed) {
        failed = co_await receive(request.head, answer);
      }
      if (!failed || aborted_) {
        answer.complete = !failed && !aborted_;
        if (aborted_ || !manner_.keep_alive) close();
        co_return answer;
      }
      close();
      if (!kept || heard_ || !request.repeatable) co_return answer;
    }
  }

  void abort() override {
    aborted_ = true;
    rest_.cancel();
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
    if (manner_.read_rate) {
      // Else the kernel would read for us.
      stream_->lowest_layer().open(endpoint_.protocol(), failed);
      stream_->lowest_layer().set_option(tcp::socket::receive_buffer_size(slow_buffer), failed);
    }
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
      const std::size_t got = co_await read_some(room, failed);
      inbox_.add(got);
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

  asio::awaitable<std::size_t> read_some(asio::mutable_buffer room, Code& failed) {
    if (manner_.read_rate)
      room = asio::buffer(room, static_cast<std::size_t>(
                                    std::clamp(*manner_.read_rate * slow_turn_s, 1.0, 4096.0)));
    const std::size_t got =
        co_await stream_->async_read_some(room, asio::redirect_error(asio::use_awaitable, failed));
    heard_ = heard_ || got > 0;
    if (!manner_.read_rate || failed) co_return got;
    const std::chrono::duration<double> rest(static_cast<double>(got) / *manner_.read_rate);
    rest_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(rest));
    Code woken;
    co_await rest_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_return got;
  }

  /// Raw TCP: everything up to the expected text is the answer. What comes after it is looked at
  /// with the next one.
  asio::awaitable<Code> receive_until(std::string_view expected, Answer& answer) {
    for (;;) {
      const auto pending = inbox_.pending();
      const std::string_view got(static_cast<const char*>(pending.data()), pending.size());
      const auto at = got.find(expected);
      // The end of what is there may be the beginning of the text.
      const std::size_t done = at != got.npos
                                   ? at + expected.size()
                                   : got.size() - std::min(got.size(), expected.size() - 1);
      answer.bytes += done;
      inbox_.drop(done);
      if (at != got.npos) co_return Code{};
      const auto room = inbox_.room();
      if (room.size() == 0) co_return http::error::buffer_overflow;
      Code failed;
      inbox_.add(co_await read_some(room, failed));
      if (failed || aborted_) co_return aborted_ ? asio::error::operation_aborted : failed;
    }
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
  asio::steady_timer rest_;  ///< of a slow reader
  tcp::endpoint endpoint_;
  WireManner manner_;
  std::optional<Stream> stream_;
  Inbox inbox_;
  bool open_ = false;
  bool aborted_ = false;
  bool heard_ = false;  ///< some of the answer came
};

}  // namespace

std::unique_ptr<Wire> make_wire(asio::any_io_executor executor, std::uint16_t port,
                                WireManner manner) {
  return std::make_unique<StreamWire<tcp::socket>>(std::move(executor), port, manner);
}

std::unique_ptr<Wire> make_tls_wire(asio::any_io_executor executor, std::uint16_t port,
                                    WireManner manner) {
  return std::make_unique<StreamWire<TlsStream>>(std::move(executor), port, manner);
}

}  // namespace leakbisect::load
