#include "units/components/glob.hpp"

#include <optional>
#include <vector>

namespace leakbisect::units {
namespace {

std::pair<std::string_view, std::string_view> split_name(std::string_view path) {
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return {path, {}};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

// Takes a set "[...]" off the front of `pattern` and says whether `c` is in it; nothing when the
// bracket is not closed and so means itself.
std::optional<bool> take_set(std::string_view& pattern, char c) {
  std::string_view rest = pattern.substr(1);
  const bool negated = rest.starts_with('!') || rest.starts_with('^');
  if (negated) rest.remove_prefix(1);
  bool found = false;
  for (bool first = true; !rest.empty(); first = false) {
    if (rest.front() == ']' && !first) {
      pattern = rest.substr(1);
      return found != negated;
    }
    const char low = rest.front();
    const bool is_range = rest.size() > 2 && rest[1] == '-' && rest[2] != ']';
    const char high = is_range ? rest[2] : low;
    found = found || (low <= c && c <= high);
    rest.remove_prefix(is_range ? 3 : 1);
  }
  return std::nullopt;
}

// One name against one pattern without slashes and braces. On a mismatch the last star takes one
// character more.
bool name_matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\.")) {
    return false;
  }
  std::optional<std::pair<std::string_view, std::string_view>> star;
  while (true) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      star = {pattern, name};
      continue;
    }
    if (pattern.empty() && name.empty()) return true;
    bool fits = false;
    bool any = false;
    if (!pattern.empty() && !name.empty()) {
      std::optional<bool> in_set;
      if (pattern.front() == '[') in_set = take_set(pattern, name.front());
      if (in_set) {
        fits = *in_set;
      } else {
        if (pattern.front() == '\\' && pattern.size() > 1) {
          pattern.remove_prefix(1);
          fits = pattern.front() == name.front();
        } else {
          any = pattern.front() == '?';
          fits = any || pattern.front() == name.front();
        }
        pattern.remove_prefix(1);
      }
      name.remove_prefix(1);
      // A question mark stands for one code point: its continuation bytes go with it.
      while (any && !name.empty() && (name.front() & 0xC0) == 0x80) name.remove_prefix(1);
    }
    if (fits) continue;
    if (!star || star->second.empty()) return false;
    star->second.remove_prefix(1);
    pattern = star->first;
    name = star->second;
  }
}

bool path_matches(std::string_view pattern, std::string_view path) {
  while (true) {
    const auto [wanted, more_wanted] = split_name(pattern);
    if (wanted == "**") {
      if (path_matches(more_wanted.empty() ? "*" : more_wanted, path)) return true;
      const auto [skipped, rest] = split_name(path);
      if (rest.empty() || skipped.starts_with('.')) return false;
      path = rest;
      continue;
    }
    const auto [name, more] = split_name(path);
    if (!name_matches(wanted, name)) return false;
    if (more_wanted.empty() || more.empty()) return more_wanted.empty() && more.empty();
    pattern = more_wanted;
    path = more;
  }
}

// The closing brace of the group that opens at `open`, and its commas.
std::optional<std::vector<std::size_t>> group_at(std::string_view pattern, std::size_t open) {
  std::vector<std::size_t> marks;
  int depth = 0;
  for (std::size_t i = open; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '{') {
      ++depth;
    } else if (pattern[i] == ',' && depth == 1) {
      marks.push_back(i);
    } else if (pattern[i] == '}' && --depth == 0) {
      marks.push_back(i);
      return marks;
    }
  }
  return std::nullopt;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
  for (std::size_t open = 0; open < pattern.size(); ++open) {
    if (pattern[open] == '\\') {
      ++open;
      continue;
    }
    if (pattern[open] != '{') continue;
    const auto marks = group_at(pattern, open);
    if (!marks || marks->size() < 2) continue;
    std::size_t start = open + 1;
    for (const std::size_t mark : *marks) {
      std::string one(pattern.substr(0, open));
      one += pattern.substr(start, mark - start);
      one += pattern.substr(marks->back() + 1);
      if (glob_matches(one, path)) return true;
      start = mark + 1;
    }
    return false;
  }
  return path_matches(pattern, path);
}

std::string glob_folder(std::string_view pattern) {
  const auto wildcard = pattern.find_first_of("*?[{\\");
  const auto slash = pattern.substr(0, wildcard).rfind('/');
  return slash == std::string_view::npos ? "" : std::string(pattern.substr(0, slash));
}

}  // namespace leakbisect::units
