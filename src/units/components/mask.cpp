#include "units/components/mask.hpp"

#include "units/components/patch_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace leakbisect::units {
namespace {

// True when `line` marks the region `name`: the name is followed by the comment's end at most.
bool is_mark(std::string_view line, std::string_view mark, std::string_view name) {
  const auto at = line.find(mark);
  if (at == std::string_view::npos) return false;
  std::string_view rest = line.substr(at + mark.size());
  const auto start = rest.find_first_not_of(" \t");
  if (start == 0 || start == std::string_view::npos || !rest.substr(start).starts_with(name)) {
    return false;
  }
  rest.remove_prefix(start + name.size());
  const bool apart = rest.empty() || std::isspace(static_cast<unsigned char>(rest.front())) != 0;
  const auto next = rest.find_first_not_of(" \t\r\n");
  if (next == std::string_view::npos) return true;
  rest.remove_prefix(next);
  constexpr std::array closers{"*/", "-->", "--%>", "%>", "#}", "*}", "|#", "-}", "*)", "}}", "]]"};
  for (const std::string_view closer : closers) {
    if (rest.starts_with(closer)) return true;
  }
  return apart && std::isalnum(static_cast<unsigned char>(rest.front())) == 0;
}

// Marks the lines of one region in `masked`.
Result<> find_region(const std::vector<std::string>& lines, const std::string& name,
                     std::vector<bool>& masked) {
  std::size_t regions = 0;
  std::size_t opened = 0;  // line number of the open mark, counted from 1; 0: none
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_mark(lines[i], "leakbisect:begin", name)) {
      if (opened != 0) {
        return fail("line {}: region \"{}\" is open since line {}", i + 1, name, opened);
      }
      opened = i + 1;
    } else if (is_mark(lines[i], "leakbisect:end", name)) {
      if (opened == 0) return fail("line {}: region \"{}\" is not open", i + 1, name);
      for (std::size_t inside = opened; inside < i; ++inside) masked[inside] = true;
      opened = 0;
      ++regions;
    }
  }
  if (opened != 0) return fail("region \"{}\" of line {} is not closed", name, opened);
  if (regions == 0) {
    return fail("there is no region \"{}\": mark it by leakbisect:begin {} and leakbisect:end {}",
                name, name, name);
  }
  return {};
}

}  // namespace

Result<std::string> mask_regions(const std::string& text, std::span<const std::string> regions) {
  const std::vector<std::string> lines = lines_of(text);
  std::vector<bool> masked(lines.size(), false);
  for (const std::string& name : regions) {
    if (auto found = find_region(lines, name, masked); !found) return found.error();
  }
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!masked[i]) {
      out += lines[i];
    } else {
      out += lines[i].ends_with("\r\n") ? "\r\n" : "\n";
    }
  }
  return out;
}

std::optional<std::pair<std::size_t, std::size_t>> region_lines(const std::string& text,
                                                                const std::string& region) {
  const std::vector<std::string> lines = lines_of(text);
  std::vector<bool> masked(lines.size(), false);
  if (!find_region(lines, region, masked)) return std::nullopt;
  const auto first = std::ranges::find(masked, true);
  const auto after = std::find(first, masked.end(), false);
  if (first == masked.end()) return std::nullopt;
  return std::pair(static_cast<std::size_t>(first - masked.begin()) + 1,
                   static_cast<std::size_t>(after - masked.begin()));
}

}  // namespace leakbisect::units
