#pragma once

// The receiving end of a connection: Beast's parser, and the bytes it has not seen yet. Knows no
// streams; included by wire.cpp only, for it brings Beast's headers along.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstdint>
#include <cstring>
#include <vector>

namespace leakbisect::load {

/// An answer whose header is longer than this is refused.
inline constexpr std::size_t inbox_size = std::size_t{16} * 1024;

/// Beast's parser, keeping nothing but the status and the size of the body: no allocation.
class AnswerParser final : public boost::beast::http::basic_parser<false> {
 public:
  explicit AnswerParser(bool head) {
    eager(true);
    skip(head);
    body_limit(boost::none);
    header_limit(inbox_size);
  }
  unsigned status = 0;
  std::uint64_t bytes = 0;  ///< of the body

 private:
  using View = boost::beast::string_view;
  using Code = boost::system::error_code;
  void on_request_impl(boost::beast::http::verb, View, View, int, Code&) override {}
  void on_response_impl(int code, View, int, Code&) override {
    status = static_cast<unsigned>(code);
  }
  void on_field_impl(boost::beast::http::field, View, View, Code&) override {}
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(View body, Code&) override {
    bytes += body.size();
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Code&) override {
    bytes += body.size();
    return body.size();
  }
  void on_finish_impl(Code&) override {}
};

/// Received and not yet parsed.
class Inbox {
 public:
  void clear() { begin_ = end_ = 0; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] boost::asio::const_buffer pending() const {
    return boost::asio::buffer(data_.data() + begin_, end_ - begin_);
  }
  void drop(std::size_t count) { begin_ += count; }
  void add(std::size_t count) { end_ += count; }
  /// Room for more; none when an unparsed header fills it all.
  boost::asio::mutable_buffer room() {
    std::memmove(data_.data(), data_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return boost::asio::buffer(data_.data() + end_, data_.size() - end_);
  }

 private:
  std::vector<char> data_ = std::vector<char>(inbox_size);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace leakbisect::load
