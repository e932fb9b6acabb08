#include "witness/source_map.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

namespace leakbisect::witness {

using nlohmann::json;

namespace {

int digit_of(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
  if (letter >= '0' && letter <= '9') return letter - '0' + 52;
  if (letter == '+') return 62;
  return letter == '/' ? 63 : -1;
}

// Lines without blanks and semicolons.
std::vector<std::string> bare_lines(std::string_view text) {
  std::vector<std::string> lines(1);
  for (const char letter : text) {
    if (letter == '\n')
      lines.emplace_back();
    else if (letter != ' ' && letter != '\t' && letter != '\r' && letter != ';')
      lines.back() += letter;
  }
  return lines;
}

std::string joined(const std::string& root, const std::string& source) {
  if (root.empty() || source.starts_with("/") || source.find("://") != std::string::npos)
    return source;
  return root.ends_with("/") ? root + source : root + "/" + source;
}

}  // namespace

std::optional<int> take_vlq(std::string_view& text) {
  std::uint64_t bits = 0;
  for (int shift = 0; !text.empty() && shift < 35; shift += 5) {
    const int digit = digit_of(text.front());
    if (digit < 0) return std::nullopt;
    text.remove_prefix(1);
    bits |= static_cast<std::uint64_t>(digit & 31) << shift;
    if ((digit & 32) != 0) continue;
    const auto value = static_cast<int>(bits >> 1);
    return (bits & 1) != 0 ? -value : value;
  }
  return std::nullopt;
}

Result<> SourceMap::add(std::string_view mappings, int first_line, int first_column,
                        int first_source, int first_name) {
  int line = 0, column = 0, source = 0, source_line = 0, source_column = 0, name = 0;
  while (!mappings.empty()) {
    if (mappings.front() == ';' || mappings.front() == ',') {
      if (mappings.front() == ';') {
        ++line;
        column = 0;
      }
      mappings.remove_prefix(1);
      continue;
    }
    int fields[5] = {};
    int count = 0;
    while (!mappings.empty() && mappings.front() != ',' && mappings.front() != ';') {
      const auto value = take_vlq(mappings);
      if (!value || count == 5) return fail("\"mappings\" cannot be read");
      fields[count++] = *value;
    }
    if (count != 1 && count < 4) return fail("\"mappings\" cannot be read");
    column += fields[0];
    Segment segment{first_line + line, column + (line == 0 ? first_column : 0), -1, 0, 0, -1};
    if (count >= 4) {
      source += fields[1];
      segment.source = first_source + source;
      segment.source_line = source_line += fields[2];
      segment.source_column = source_column += fields[3];
    }
    if (count == 5) segment.name = first_name + (name += fields[4]);
    segments_.push_back(segment);
  }
  return {};
}

struct MapReader {
  SourceMap& map;

  Result<> read(const json& one, int line, int column) {
    if (!one.is_object()) return fail("it is no JSON object");
    if (one.contains("sections") && one["sections"].is_array()) {
      for (const json& section : one["sections"]) {
        const json offset = section.value("offset", json::object());
        auto read_one = read(section.value("map", json()), line + offset.value("line", 0),
                             column + offset.value("column", 0));
        if (read_one.has_error()) return read_one;
      }
      return {};
    }
    const auto mappings = one.find("mappings");
    if (mappings == one.end() || !mappings->is_string()) return fail("it has no \"mappings\"");
    const std::size_t first_source = map.sources_.size();
    const auto first_name = static_cast<int>(map.names_.size());
    const std::string root = one.contains("sourceRoot") && one["sourceRoot"].is_string()
                                 ? one["sourceRoot"].get<std::string>()
                                 : "";
    for (const json& source : one.value("sources", json::array()))
      map.sources_.push_back(source.is_string() ? joined(root, source.get<std::string>()) : "");
    const json contents = one.value("sourcesContent", json::array());
    for (std::size_t i = 0; i < contents.size(); ++i)
      if (contents[i].is_string() && first_source + i < map.sources_.size())
        map.contents_[map.sources_[first_source + i]] = contents[i].get<std::string>();
    for (const json& name : one.value("names", json::array()))
      map.names_.push_back(name.is_string() ? name.get<std::string>() : "");
    return map.add(mappings->get_ref<const std::string&>(), line, column,
                   static_cast<int>(first_source), first_name);
  }
};

Result<SourceMap> SourceMap::parse(std::string_view text) {
  // A guard against inclusion by <script>, which the format allows.
  if (text.starts_with(")]}")) text.remove_prefix(std::min(text.find('\n'), text.size()));
  SourceMap map;
  try {
    const json whole = json::parse(text);
    if (const auto read = MapReader{map}.read(whole, 0, 0); read.has_error())
      return read.error().within("source map");
  } catch (const json::exception& error) {
    return fail("source map: {}", error.what());
  }
  std::ranges::stable_sort(map.segments_, {},
                           [](const Segment& one) { return std::tuple(one.line, one.column); });
  return map;
}

std::optional<Place> SourceMap::at(int line, int column) const {
  const auto after =
      std::ranges::upper_bound(segments_, std::tuple(line, column), {},
                               [](const Segment& one) { return std::tuple(one.line, one.column); });
  if (after == segments_.begin()) return std::nullopt;
  const Segment& found = *std::prev(after);
  if (found.line != line || found.source < 0 ||
      static_cast<std::size_t>(found.source) >= sources_.size())
    return std::nullopt;
  Place place{
      sources_[static_cast<std::size_t>(found.source)], found.source_line, found.source_column, {}};
  if (found.name >= 0 && static_cast<std::size_t>(found.name) < names_.size())
    place.name = names_[static_cast<std::size_t>(found.name)];
  return place;
}

const std::string& SourceMap::content_of(const std::string& source) const {
  static const std::string none;
  const auto found = contents_.find(source);
  return found == contents_.end() ? none : found->second;
}

std::optional<int> line_in_file(std::string_view file, std::string_view content, int line) {
  const auto first = content.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return std::nullopt;
  const auto last = content.find_last_not_of(" \t\r\n");
  const std::string_view part = content.substr(first, last + 1 - first);
  if (const auto at = file.find(part); at != std::string_view::npos) {
    const auto before = std::ranges::count(file.substr(0, at), '\n');
    const auto skipped = std::ranges::count(content.substr(0, first), '\n');
    return line + static_cast<int>(before - skipped);
  }
  // The tool has written it anew: the one line that says the same.
  const std::vector<std::string> made = bare_lines(content), written = bare_lines(file);
  if (line < 0 || static_cast<std::size_t>(line) >= made.size()) return std::nullopt;
  const std::string& wanted = made[static_cast<std::size_t>(line)];
  if (wanted.empty() || std::ranges::count(written, wanted) != 1) return std::nullopt;
  return static_cast<int>(std::ranges::find(written, wanted) - written.begin());
}

std::string source_map_address(std::string_view script) {
  constexpr std::string_view mark = "# sourceMappingURL=";
  const auto at = script.rfind(mark);
  if (at == std::string_view::npos || at < 2) return {};
  const std::string_view before = script.substr(at - 2, 2);
  if (before != "//" && before != "/*") return {};
  const std::string_view rest = script.substr(at + mark.size());
  return std::string(rest.substr(0, rest.find_first_of(" \t\r\n*")));
}

Result<std::string> text_of_data_address(std::string_view address) {
  const auto comma = address.find(',');
  if (!address.starts_with("data:") || comma == std::string_view::npos ||
      !address.substr(0, comma).ends_with(";base64"))
    return fail("no data in base 64");
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char letter : address.substr(comma + 1)) {
    const int digit = digit_of(letter);
    if (digit < 0) break;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    text += static_cast<char>(bits >> count & 0xff);
  }
  return text;
}

}  // namespace leakbisect::witness
