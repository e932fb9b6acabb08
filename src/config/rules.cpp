#include "config/rules.hpp"

#include "base/quantity.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <signal.h>

namespace leakbisect::config {
namespace {

// Longer ones are mistakes, and would not fit the clock's nanoseconds.
constexpr double longest_duration_s = 366 * 86400.0;
// Whole bytes up to here are exact in a double.
constexpr double largest_size = 9007199254740992.0;
// A number, or a text that begins with one.
constexpr std::string_view amount_schema = R"("type":["number","string"],"pattern":"[0-9]")";

struct Signal {
  const char* name;
  int number;
};
constexpr Signal signals[] = {{"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT},
                              {"ABRT", SIGABRT}, {"KILL", SIGKILL}, {"USR1", SIGUSR1},
                              {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},
                              {"TERM", SIGTERM}, {"CONT", SIGCONT}, {"STOP", SIGSTOP},
                              {"TSTP", SIGTSTP}, {"PWR", SIGPWR},   {"WINCH", SIGWINCH}};

std::optional<int> signal_called(std::string name) {
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (name.rfind("SIG", 0) == 0) name.erase(0, 3);
  for (const Signal& signal : signals)
    if (name == signal.name) return signal.number;
  return std::nullopt;
}

// ", did you mean 50?" of "50" and "50/s", where that would be allowed; a percentage is one of 1.
std::string number_in(const Json& json, const Range& range) {
  if (!json.is_string()) return "";
  const auto& text = json.get_ref<const std::string&>();
  double value = 0;
  const char* const past = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), past, value);
  if (error != std::errc()) return "";
  if (end != past && *end == '%') value /= 100;
  return range.holds(value) ? fmt::format(", did you mean {:g} without quotes?", value) : "";
}

// ", did you mean "8h"?" of "8 hours".
std::string duration_in(const Json& json) {
  if (!json.is_string()) return "";
  std::string text;
  for (const char c : json.get_ref<const std::string&>())
    if (c != ' ') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto unit = text.find_first_not_of("0123456789.");
  if (unit == std::string::npos || unit == 0) return "";
  for (const char* word : {"hours", "hrs", "minutes", "mins", "seconds", "secs", "days", "weeks"}) {
    const std::string_view many(word);
    const std::string given = text.substr(unit);
    if (given == many || given == many.substr(0, many.size() - 1))
      return fmt::format(", did you mean \"{}{}\"?", text.substr(0, unit), many.front());
  }
  return "";
}

// `schema` is that of its type; that it is no less than zero holds of numbers only.
Rule<double> quantity(std::string what, std::string examples, Zero zero, double largest,
                      std::string_view schema,
                      std::function<std::optional<double>(const Json&)> parse) {
  const std::string allowed = fmt::format(
      "a {}{} ({})", what, zero == Zero::allowed ? "" : " above 0", std::move(examples));
  return {allowed,
          [what, zero, largest, parse = std::move(parse)](
              const Value& value, const std::string& allowed_text) -> std::optional<double> {
            const auto amount = parse(value.json());
            if (!amount)
              return value.refuse(fmt::format("is not a {}{}", what,
                                              what == "duration" ? duration_in(value.json()) : ""),
                                  allowed_text);
            if (!(*amount >= 0) || (*amount == 0 && zero == Zero::refused))
              return value.refuse("is too small", allowed_text);
            if (*amount > largest) return value.refuse("is too large", allowed_text);
            return amount;
          },
          fmt::format(R"({{{},"{}":0}})", schema,
                      zero == Zero::allowed ? "minimum" : "exclusiveMinimum")};
}

std::optional<double> size_in(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_string()) return std::nullopt;
  const auto parsed = parse_bytes(json.get_ref<const std::string&>());
  return parsed ? std::optional(parsed.value()) : std::nullopt;
}

void cut_end(std::string& text, std::string_view end) {
  if (text.ends_with(end)) text.resize(text.size() - end.size());
}

std::optional<double> plain_number(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Rule<bool> flag() {
  return {"true or false",
          [](const Value& value, const std::string& allowed) -> std::optional<bool> {
            if (!value.json().is_boolean()) return value.refuse("is not a boolean", allowed);
            return value.json().get<bool>();
          },
          R"({"type":"boolean"})"};
}

Rule<bool> only_true(std::string instead) {
  return {std::move(instead),
          [](const Value& value, const std::string& allowed) -> std::optional<bool> {
            if (value.json() != true) return value.refuse("says nothing", allowed);
            return true;
          },
          R"({"const":true})"};
}

Rule<double> number(std::string allowed, Range range) {
  return {std::move(allowed),
          [range](const Value& value, const std::string& text) -> std::optional<double> {
            if (!value.json().is_number())
              return value.refuse("is not a number" + number_in(value.json(), range), text);
            const double given = value.json().get<double>();
            if (!range.holds(given)) return value.refuse("is out of range", text);
            return given;
          },
          fmt::format(R"({{"type":"number","{}":{},"{}":{}}})",
                      range.low_is_open ? "exclusiveMinimum" : "minimum", range.low,
                      range.high_is_open ? "exclusiveMaximum" : "maximum", range.high)};
}

Rule<int> whole_number(int low, int high) {
  return {fmt::format("a whole number from {} to {}", low, high),
          [low, high](const Value& value, const std::string& allowed) -> std::optional<int> {
            if (!value.json().is_number()) return value.refuse("is not a number", allowed);
            const double given = value.json().get<double>();
            if (given != std::floor(given)) return value.refuse("is not a whole number", allowed);
            if (given < low || given > high) return value.refuse("is out of range", allowed);
            return static_cast<int>(given);
          },
          fmt::format(R"({{"type":"integer","minimum":{},"maximum":{}}})", low, high)};
}

Rule<std::uint64_t> seed_number() {
  return {"a whole number from 0 to 18446744073709551615",
          [](const Value& value, const std::string& allowed) -> std::optional<std::uint64_t> {
            if (!value.json().is_number_unsigned())
              return value.refuse("is not such a number", allowed);
            return value.json().get<std::uint64_t>();
          },
          R"({"type":"integer","minimum":0,"maximum":18446744073709551615})"};
}

Rule<double> duration(Zero zero) {
  return quantity("duration", R"(a text such as "250ms", "90s" or "1h 30m"; at most 366 days)",
                  zero, longest_duration_s, R"("type":"string","pattern":"[0-9.]\\s*[A-Za-z]")",
                  [](const Json& json) -> std::optional<double> {
                    if (!json.is_string()) return std::nullopt;
                    const auto parsed = parse_duration(json.get_ref<const std::string&>());
                    return parsed ? std::optional(parsed.value()) : std::nullopt;
                  });
}

Rule<double> size(Zero zero) {
  return quantity("size", R"(a text such as "64 KiB" or "4GiB", or a number of bytes)", zero,
                  largest_size, amount_schema, size_in);
}

Rule<double> leak_per_request(Measure measure) {
  const std::string_view many = traits(measure).many;
  const std::string examples =
      measure == Measure::bytes
          ? R"(a size such as "1KiB/request" or "200 B", or a number of bytes)"
          : fmt::format(R"(a number of {0} such as 0.1 or "0.1 {0}/request")", many);
  return quantity("leak per request", examples, Zero::refused, largest_size, amount_schema,
                  [measure, many](const Json& json) -> std::optional<double> {
                    if (!json.is_string()) return size_in(json);
                    std::string text = json.get<std::string>();
                    cut_end(text, "/request");
                    if (measure == Measure::bytes) return size_in(text);
                    cut_end(text, many);
                    cut_end(text, traits(measure).one);
                    return plain_number(text);
                  });
}

Rule<int> signal_number() {
  return {R"(a signal's name such as "SIGTERM" or "TERM", or its number from 1 to 64)",
          [](const Value& value, const std::string& allowed) -> std::optional<int> {
            if (value.json().is_number_integer()) {
              const double given = value.json().get<double>();
              if (given < 1 || given > 64) return value.refuse("is out of range", allowed);
              return static_cast<int>(given);
            }
            const auto found = value.json().is_string()
                                   ? signal_called(value.json().get<std::string>())
                                   : std::nullopt;
            if (!found) return value.refuse("is not a signal", allowed);
            return found;
          },
          R"({"type":["string","integer"],"pattern":"^[A-Za-z]","minimum":1,"maximum":64})"};
}

}  // namespace leakbisect::config
