#pragma once

// Which request is number k, as text ready to be sent. A pure function of (hunt file, seed, k):
// neither time nor answers have a say, so every trial of a hunt sends the same sequence, and a
// request may be asked for again. No I/O.

#include "load/load.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::load {

/// One request on the wire.
struct Request {
  std::string_view text;      ///< valid as long as the sequence and the buffer given
  bool head = false;          ///< its answer has no body, whatever its length field says
  bool repeatable = false;    ///< may be sent again when a kept connection turns out to be closed
  std::string_view expect{};  ///< raw TCP: what ends the answer; empty: the answer is HTTP's
};

class Sequence {
 public:
  /// Fails on a request that is not valid HTTP, with its place in the hunt file.
  static Result<Sequence> make(const config::HttpLoad& load, const Target& target);

  /// Request number `k`, from 0. {n} is k + 1; {seed} is a number below 2^31 that depends on the
  /// seed and k only. Texts with placeholders are written into `buffer`.
  Request request(std::uint64_t k, std::string& buffer) const;

  /// Which entry of the hunt file's list request number `k` is made from.
  [[nodiscard]] std::size_t choice(std::uint64_t k) const;

 private:
  /// A literal, and what follows it.
  struct Piece {
    enum class Value { none, number, seed };
    std::string literal;
    Value value = Value::none;
  };
  using Pieces = std::vector<Piece>;
  struct Template {
    Pieces head;  ///< request line and fields, without the length and the empty line
    Pieces body;
    bool sends_length = false;
    std::string fixed;  ///< the whole text, when no placeholder is in it
    bool is_head = false;
    bool repeatable = false;
    Pieces expect{};  ///< raw TCP: `head` is all that is sent, and this ends the answer
  };
  struct Values;

  static Pieces cut(std::string_view text);
  static Template prepare(const config::HttpRequest& request, const Target& target,
                          bool keep_alive);
  static Template prepare(const config::TcpExchange& exchange, const Target& target);
  static void render(const Template& form, const Values& values, std::string& out);

  std::uint64_t seed_ = 0;
  std::vector<double> cumulative_;  ///< of the weights; the last is their sum
  std::vector<Template> templates_;
};

}  // namespace leakbisect::load
