// Regions that somebody has marked for switching (leakbisect:begin NAME), in any language.

#include "init/masks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace leakbisect::init {
namespace {

// What a person names a region; quotes and braces are code that writes marks.
bool is_region(const std::string& name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  });
}

}  // namespace

void add_marked_regions(const Project& project, Draft& draft) {
  const auto files = project.sources({".js",  ".mjs", ".cjs", ".ts",   ".tsx", ".jsx",    ".vue",
                                      ".py",  ".rb",  ".php", ".go",   ".rs",  ".c",      ".cc",
                                      ".cpp", ".h",   ".hpp", ".java", ".kt",  ".svelte", ".html"});
  std::set<std::pair<std::string, std::string>> seen;
  std::set<std::string> names;
  for (const std::string& file : files) {
    const std::string& text = project.text(file);
    constexpr std::string_view mark = "leakbisect:begin ";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const auto begin = at + mark.size();
      const std::string region = text.substr(begin, text.find_first_of(" \t\r\n", begin) - begin);
      const bool is_closed = text.find("leakbisect:end " + region, begin) != std::string::npos;
      if (!is_region(region) || !is_closed || !seen.emplace(file, region).second) continue;
      ComponentGuess component;
      const std::string name =
          names.insert(region).second ? region : fmt::format("{} {}", file, region);
      component.entry = {{"name", name}, {"off", {{"mask", {{"file", file}, {"region", region}}}}}};
      component.why = "marked in " + project.place_of(file, std::string(mark) + region).text();
      draft.components.push_back(std::move(component));
    }
  }
}

}  // namespace leakbisect::init
