#include "load/sequence.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace leakbisect::load {

namespace {

/// splitmix64 (Steele, Lea, Flood 2014) as a function of a counter: the k-th output of a generator
/// seeded with `seed`, without the ones before it.
std::uint64_t splitmix64(std::uint64_t seed, std::uint64_t k) {
  std::uint64_t z = seed + (k + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool same_name(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

Result<> check(const config::HttpRequest& request, std::size_t index) {
  const std::string where = fmt::format("load.http.requests[{}]", index);
  if (!is_token(request.method))
    return fail("{}.method: \"{}\" is no HTTP method such as GET", where, request.method);
  if (!request.path.starts_with('/') || has_control(request.path) ||
      request.path.find(' ') != std::string::npos)
    return fail("{}.path: \"{}\" must start with \"/\" and hold no spaces (write %20)", where,
                request.path);
  if (!(request.weight >= 0) || std::isinf(request.weight))
    return fail("{}.weight: {} must be zero or more", where, request.weight);
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || has_control(value))
      return fail("{}.headers: \"{}\" is no valid header", where, name);
    if (same_name(name, "Content-Length") || same_name(name, "Transfer-Encoding"))
      return fail("{}.headers: \"{}\" follows from the body; leave it out", where, name);
  }
  return {};
}

// {n} and {seed} are the sequence's own.
Placeholders other_values(const Target& target) {
  Placeholders values = target.placeholders;
  values.erase("n");
  values.erase("seed");
  return values;
}

}  // namespace

struct Sequence::Values {
  Values(std::uint64_t n, std::uint64_t random) : number(n), seed(random) {}

  std::string_view text(Piece::Value value) {
    if (value == Piece::Value::none) return {};
    auto& digits = value == Piece::Value::number ? number_digits : seed_digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                   value == Piece::Value::number ? number : seed);
    return {digits.data(), static_cast<std::size_t>(end.ptr - digits.data())};
  }

  std::uint64_t number;
  std::uint64_t seed;
  std::array<char, 20> number_digits{};
  std::array<char, 20> seed_digits{};
};

Sequence::Pieces Sequence::cut(std::string_view text) {
  Pieces pieces;
  while (!text.empty()) {
    const auto number = text.find("{n}");
    const auto seed = text.find("{seed}");
    const auto at = std::min({number, seed, text.size()});
    Piece piece{std::string(text.substr(0, at)), Piece::Value::none};
    text.remove_prefix(at);
    if (at == number) {
      piece.value = Piece::Value::number;
      text.remove_prefix(3);
    } else if (at == seed) {
      piece.value = Piece::Value::seed;
      text.remove_prefix(6);
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

Sequence::Template Sequence::prepare(const config::TcpExchange& exchange, const Target& target) {
  const Placeholders values = other_values(target);
  Template form;
  form.head = cut(fill(exchange.send, values));
  form.expect = cut(fill(exchange.expect, values));
  form.repeatable = true;
  return form;
}

Sequence::Template Sequence::prepare(const config::HttpRequest& request, const Target& target,
                                     bool keep_alive) {
  const Placeholders values = other_values(target);
  std::string head = fmt::format("{} {} HTTP/1.1\r\n", request.method, fill(request.path, values));
  const auto given = [&](std::string_view name) {
    return std::any_of(request.headers.begin(), request.headers.end(),
                       [&](const auto& header) { return same_name(header.first, name); });
  };
  if (!given("Host")) head += fmt::format("Host: 127.0.0.1:{}\r\n", target.port);
  if (!given("User-Agent")) head += "User-Agent: leakbisect\r\n";
  if (!given("Accept")) head += "Accept: */*\r\n";
  if (!keep_alive && !given("Connection")) head += "Connection: close\r\n";
  for (const auto& [name, value] : request.headers)
    head += fmt::format("{}: {}\r\n", name, fill(value, values));

  Template form;
  form.head = cut(head);
  form.body = cut(fill(request.body, values));
  const std::string& method = request.method;
  form.sends_length =
      !form.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  form.is_head = method == "HEAD";
  form.repeatable = method != "POST" && method != "PATCH";
  const auto is_literal = [](const Piece& piece) { return piece.value == Piece::Value::none; };
  if (std::all_of(form.head.begin(), form.head.end(), is_literal) &&
      std::all_of(form.body.begin(), form.body.end(), is_literal)) {
    render(form, Values(0, 0), form.fixed);
  }
  return form;
}

void Sequence::render(const Template& form, const Values& given, std::string& out) {
  Values values = given;
  out.clear();
  const auto append = [&](const Pieces& pieces) {
    for (const auto& piece : pieces) {
      out += piece.literal;
      out += values.text(piece.value);
    }
  };
  append(form.head);
  if (!form.expect.empty()) return append(form.expect);
  if (form.sends_length) {
    std::size_t length = 0;
    for (const auto& piece : form.body)
      length += piece.literal.size() + values.text(piece.value).size();
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", length);
  }
  out += "\r\n";
  append(form.body);
}

Result<Sequence> Sequence::make(const config::HttpLoad& load, const Target& target) {
  Sequence sequence;
  sequence.seed_ = target.seed;
  if (load.tcp) {
    sequence.templates_.push_back(prepare(*load.tcp, target));
    return sequence;
  }
  double sum = 0;
  for (std::size_t index = 0; index < load.requests.size(); ++index) {
    const auto& request = load.requests[index];
    const auto valid = check(request, index);
    if (valid.has_error()) return valid.error();
    sum += request.weight;
    sequence.cumulative_.push_back(sum);
    sequence.templates_.push_back(prepare(request, target, load.keep_alive));
  }
  if (!(sum > 0)) return fail("load.http.requests: at least one needs a weight above zero");
  return sequence;
}

std::size_t Sequence::choice(std::uint64_t k) const {
  if (templates_.size() == 1) return 0;
  // The upper 53 bits as a number in [0, 1).
  const double uniform = static_cast<double>(splitmix64(seed_, 2 * k) >> 11) * 0x1p-53;
  const auto found =
      std::upper_bound(cumulative_.begin(), cumulative_.end(), uniform * cumulative_.back());
  const auto last = static_cast<std::ptrdiff_t>(cumulative_.size()) - 1;
  return static_cast<std::size_t>(std::min(found - cumulative_.begin(), last));
}

Request Sequence::request(std::uint64_t k, std::string& buffer) const {
  const Template& form = templates_[choice(k)];
  Request request;
  request.head = form.is_head;
  request.repeatable = form.repeatable;
  if (form.fixed.empty()) {
    Values values(k + 1, splitmix64(seed_, 2 * k + 1) >> 33);
    render(form, values, buffer);
    std::size_t expected = 0;
    for (const auto& piece : form.expect)
      expected += piece.literal.size() + values.text(piece.value).size();
    request.text = std::string_view(buffer).substr(0, buffer.size() - expected);
    request.expect = std::string_view(buffer).substr(buffer.size() - expected);
  } else {
    request.text = form.fixed;
  }
  return request;
}

}  // namespace leakbisect::load
