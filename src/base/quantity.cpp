#include "base/quantity.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

namespace leakbisect {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Takes a non-negative decimal number off the front of `text`; nothing if there is none.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value) || std::signbit(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text = trimmed(text);
  return value;
}

std::optional<double> byte_factor(std::string_view unit) {
  const std::string u = lower(unit);
  if (u.empty() || u == "b" || u == "byte" || u == "bytes") return 1.0;
  const auto power = std::string_view("kmgt").find(u.front());
  if (power == std::string_view::npos) return std::nullopt;
  const std::string_view tail = std::string_view(u).substr(1);
  const double exponent = static_cast<double>(power + 1);
  if (tail == "b") return std::pow(1000.0, exponent);
  if (tail.empty() || tail == "ib") return std::pow(1024.0, exponent);
  return std::nullopt;
}

std::optional<double> second_factor(std::string_view unit) {
  const std::string u = lower(unit);
  if (u == "ms") return 1e-3;
  if (u == "s" || u == "sec") return 1.0;
  if (u == "m" || u == "min") return 60.0;
  if (u == "h") return 3600.0;
  if (u == "d") return 86400.0;
  if (u == "w") return 604800.0;
  return std::nullopt;
}

}  // namespace

Result<double> parse_bytes(std::string_view text) {
  std::string_view rest = trimmed(text);
  const auto number = take_number(rest);
  const auto factor = byte_factor(rest);
  if (!number || !factor)
    return fail(
        "\"{}\" is not a size: write a number with B, KB, KiB, MB, MiB, GB or GiB, "
        "for example \"64 KiB\"",
        text);
  return *number * *factor;
}

Result<double> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return fail(
        "\"{}\" is not a duration: write a number with ms, s, m, h or d, for example "
        "\"90s\" or \"1h 30m\"",
        text);
  };
  std::string_view rest = trimmed(text);
  double total = 0;
  if (rest.empty()) return bad();
  while (!rest.empty()) {
    const auto number = take_number(rest);
    std::size_t length = 0;
    while (length < rest.size() && std::isalpha(static_cast<unsigned char>(rest[length]))) ++length;
    const auto factor = second_factor(rest.substr(0, length));
    if (!number || !factor) return bad();
    total += *number * *factor;
    rest = trimmed(rest.substr(length));
  }
  return total;
}

std::string format_bytes(double bytes) {
  static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (std::abs(bytes) >= 1023.5 && unit < 4) {
    bytes /= 1024;
    ++unit;
  }
  const double size = std::abs(bytes);
  const int decimals = unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}", bytes, decimals, units[unit]);
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  return fmt::format("{}h {:02}m", whole / 3600, whole % 3600 / 60);
}

}  // namespace leakbisect
