#include "probe/heap_text.hpp"

#include <cctype>
#include <charconv>
#include <optional>

namespace leakbisect::probe {

namespace {

/// "5957K" in bytes; nothing for other text. The unit must be there: percentages are no sizes.
std::optional<double> sized(std::string_view word) {
  double value = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failed != std::errc{} || end == word.data() + word.size()) return std::nullopt;
  switch (*end) {
    case 'B':
      return value;
    case 'K':
      return value * 1024;
    case 'M':
      return value * 1024 * 1024;
    case 'G':
      return value * 1024 * 1024 * 1024;
    default:
      return std::nullopt;
  }
}

std::string_view unindented(std::string_view line) {
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front())) != 0)
    line.remove_prefix(1);
  return line;
}

/// The size after "used " (HotSpot's spaces, ZGC), or before " used" (Shenandoah).
std::optional<double> used_in(std::string_view line) {
  constexpr std::string_view before = "used ";
  constexpr std::string_view after = " used";
  if (const auto at = line.find(before); at != line.npos)
    if (const auto value = sized(unindented(line.substr(at + before.size())))) return value;
  const auto at = line.find(after);
  if (at == line.npos) return std::nullopt;
  const auto start = line.rfind(' ', at - 1);
  return sized(line.substr(start == line.npos ? 0 : start + 1));
}

}  // namespace

Result<double> heap_info_used(std::string_view text) {
  std::optional<double> sum;
  while (!text.empty()) {
    const std::string_view line = unindented(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (line.starts_with("Metaspace") || line.starts_with("class space")) continue;
    const auto used = used_in(line);
    if (used) sum = sum.value_or(0) + *used;
  }
  if (!sum) return fail("no used heap in the answer to GC.heap_info");
  return *sum;
}

}  // namespace leakbisect::probe
