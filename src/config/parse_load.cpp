#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace leakbisect::config {
namespace {

// A token of RFC 9110: what a method's or a header's name is made of.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) !=
                          std::string_view::npos);
  });
}

std::string meant_method(std::string given) {
  for (char& c : given) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const bool letters =
      std::all_of(given.begin(), given.end(), [](unsigned char c) { return c >= 'A' && c <= 'Z'; });
  return letters ? fmt::format(", did you mean \"{}\"?", given) : "";
}

// JSON that is sent is a text like any other.
Rule<std::string> body() {
  return {R"(a text such as "{\"id\": 1}")",
          [](const Value& value, const std::string& allowed) -> std::optional<std::string> {
            const Json& json = value.json();
            if (json.is_string()) return json.get<std::string>();
            if (!json.is_structured()) return value.refuse("is not a text", allowed);
            return value.refuse(
                fmt::format("is not a text, did you mean {}?", Json(json.dump()).dump()), allowed);
          },
          R"({"type":"string"})"};
}

Rule<std::string> method() {
  return {R"(an HTTP method in capitals such as "GET" or "POST")",
          [](const Value& value, const std::string& allowed) -> std::optional<std::string> {
            auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            const bool capitals = std::all_of(given->begin(), given->end(),
                                              [](char c) { return c >= 'A' && c <= 'Z'; });
            if (!capitals) return value.refuse("is not a method" + meant_method(*given), allowed);
            return given;
          },
          R"({"type":"string","pattern":"^[A-Z]+$"})"};
}

// What goes over a raw connection: any bytes that a JSON text can hold.
Rule<std::string> exchanged_text() {
  return {"a text that is not empty",
          [](const Value& value, const std::string& allowed) -> std::optional<std::string> {
            auto given = any_text()(value);
            if (given && given->empty()) return value.refuse("is empty", allowed);
            return given;
          },
          R"({"type":"string","minLength":1})"};
}

using Headers = std::vector<std::pair<std::string, std::string>>;

std::optional<Headers> read_headers(const Value& value, const std::string& allowed) {
  Headers headers;
  if (!value.json().is_object()) return value.refuse("is not an object", allowed);
  for (const auto& entry : value.json().items()) {
    const std::string& key = entry.key();
    const auto given = any_text()(value.at(key));
    if (!is_token(key))
      value.report(key, fmt::format("{} is no name of a header; allowed: letters, digits and \"-\"",
                                    Json(key).dump()));
    else if (given && given->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      value.at(key).refuse("cannot stand in a header", "a text of one line");
    else if (given)
      headers.emplace_back(key, *given);
  }
  return headers;
}

Rule<Headers> header_fields() {
  return {R"(an object such as {"Accept": "text/html"})", read_headers,
          R"({"type":"object","propertyNames":{"minLength":1},)"
          R"("additionalProperties":{"type":"string"}})"};
}

constexpr const char* expect_allowed =
    R"(a status such as 404, a class such as "5xx", or an array of them)";

std::optional<StatusRange> read_status(const Value& value) {
  const Json& json = value.json();
  if (json.is_number_unsigned()) {
    const auto status = json.get<std::uint64_t>();
    if (status >= 100 && status <= 599)
      return StatusRange{static_cast<unsigned>(status), static_cast<unsigned>(status)};
  } else if (json.is_string()) {
    const auto& word = json.get_ref<const std::string&>();
    if (word.size() == 3 && word[0] >= '1' && word[0] <= '5' && word.substr(1) == "xx") {
      const unsigned first = 100 * static_cast<unsigned>(word[0] - '0');
      return StatusRange{first, first + 99};
    }
  }
  return value.refuse("is no status of an answer", expect_allowed);
}

std::optional<std::vector<StatusRange>> read_expect(const Value& value, const std::string&) {
  std::vector<StatusRange> expect;
  if (!value.json().is_array()) {
    if (const auto one = read_status(value)) expect.push_back(*one);
    return expect;
  }
  if (value.json().empty()) value.refuse("names no status", expect_allowed);
  for (std::size_t i = 0; i < value.json().size(); ++i)
    if (const auto one = read_status(value.at(i))) expect.push_back(*one);
  return expect;
}

Rule<std::vector<StatusRange>> expected_answers() {
  const std::string status = any_schema({R"({"type":"integer","minimum":100,"maximum":599})",
                                         R"({"pattern":"^[1-5]xx$","type":"string"})"});
  return {
      expect_allowed, read_expect,
      any_schema({status, fmt::format(R"({{"type":"array","minItems":1,"items":{}}})", status)})};
}

HttpRequest read_request(const Value& value) {
  HttpRequest request;
  const Object object(value, {"method", "path", "weight", "headers", "body", "name", "expect"});
  object.read("method", request.method, method());
  object.read("path", request.path, http_path());
  object.read("weight", request.weight,
              number("a number above 0, up to 1000000", Range{0, 1e6, true}));
  object.read("headers", request.headers, header_fields());
  object.read("body", request.body, body());
  object.read("name", request.name, name());
  object.read("expect", request.expect, expected_answers());
  return request;
}

std::vector<HttpRequest> read_requests(const Value& value) {
  std::vector<HttpRequest> requests;
  if (!value.json().is_array() || value.json().empty())
    value.refuse("is not an array of requests", R"(an array such as [{"path": "/", "weight": 3}])");
  else
    for (std::size_t i = 0; i < value.json().size(); ++i)
      requests.push_back(read_request(value.at(i)));
  return requests;
}

void read_closed(const Value& value, HttpLoad& load) {
  if (value.json().is_boolean()) {
    load.closed = flag()(value).value_or(false);
  } else if (value.json().is_object()) {
    load.closed = true;
    const Object object(value, {"think"});
    object.read("think", load.think_s, duration(Zero::allowed));
  } else {
    value.refuse("is not a closed loop", R"(true, false or {"think": "10ms"})");
  }
}

void read_bursts(const Value& value, HttpLoad& load) {
  const Object object(value, {"on", "off", "after"});
  object.require("on", load.on_s, duration());
  object.require("off", load.off_s, duration());
  object.read("after", load.steady_s, duration(Zero::allowed));
}

// Nothing: "auto".
Rule<std::optional<double>> request_rate() {
  using Rate = std::optional<double>;
  const auto given = number(R"(a number above 0, requests per second, up to 1000000, or "auto")",
                            Range{0, 1e6, true});
  return {given.allowed,
          [given](const Value& value, const std::string&) -> std::optional<Rate> {
            if (value.json() == "auto") return Rate();
            const auto rate = given(value);
            return rate ? std::optional(Rate(rate)) : std::nullopt;
          },
          any_schema({given.schema, R"({"const":"auto"})"})};
}

void read_rate(const Object& object, HttpLoad& load) {
  std::optional<double> rate;
  object.read("rate", rate, request_rate());
  if (!rate) return;
  load.rate = *rate;
  load.find_rate = false;
}

// What load of our own has in common, whatever it speaks.
void read_own_load(const Value& value, const Object& object, HttpLoad& load) {
  read_rate(object, load);
  object.read("rate_fixed", load.rate_fixed, flag());
  if (load.rate_fixed && load.find_rate)
    value.report("rate_fixed",
                 "there is no rate to be fixed; allowed: beside a number as \"rate\"");
  if (const auto closed = object.find("closed")) read_closed(*closed, load);
  if (load.closed && object.has("rate"))
    value.report("rate",
                 "\"rate\" has no meaning beside \"closed\", where each connection sends when "
                 "it has its answer; allowed: one of the two");
  object.read("connections", load.connections, whole_number(1, 10000));
  object.read("tls", load.tls, flag());
  object.read("timeout", load.timeout_s, duration());
  if (const auto bursts = object.find("bursts")) read_bursts(*bursts, load);
  object.read("keep_alive", load.keep_alive, flag());
  object.read("read_rate", load.read_rate, size());
}

HttpLoad read_http_load(const Value& value) {
  HttpLoad load;
  const Object object(value, {"rate", "rate_fixed", "closed", "connections", "tls", "timeout",
                              "bursts", "keep_alive", "read_rate", "requests"});
  read_own_load(value, object, load);
  if (const auto requests = object.find("requests")) load.requests = read_requests(*requests);
  return load;
}

HttpLoad read_tcp_load(const Value& value) {
  HttpLoad load;
  const Object object(value, {"send", "expect", "rate", "rate_fixed", "closed", "connections",
                              "tls", "timeout", "bursts", "keep_alive", "read_rate"});
  TcpExchange exchange;
  object.require("send", exchange.send, exchanged_text());
  object.require("expect", exchange.expect, exchanged_text());
  read_own_load(value, object, load);
  load.tcp = std::move(exchange);
  return load;
}

}  // namespace

Load read_load(const Value& value) {
  Load load;
  const Object object(value, {"http", "tcp", "command", "progress"});
  const auto kind = object.one_of({"http", "tcp", "command"});
  if (const auto http = object.find("http")) load.kind = read_http_load(*http);
  if (const auto tcp = object.find("tcp")) load.kind = read_tcp_load(*tcp);
  if (kind == "http") object.only_beside("http", {});
  if (kind == "tcp") object.only_beside("tcp", {});
  if (kind == "command") {
    CommandLoad external;
    object.read("command", external.command, command());
    object.read("progress", external.progress, regular_expression(1));
    load.kind = std::move(external);
  }
  return load;
}

}  // namespace leakbisect::config
