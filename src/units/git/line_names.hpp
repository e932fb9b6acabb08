#pragma once

// Names in a line of a program, in whatever language: which it defines, which it uses, and with how
// many arguments it calls. A reading by signs (a keyword before, an equals sign behind), not a
// parser: what it gets wrong joins two hunks that could have been told apart, or leaves a build to
// say so. Knows nothing of hunks.

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace leakbisect::units {

/// What some lines say.
struct LineNames {
  std::set<std::string> defined;
  std::set<std::string> wide;     ///< defined for other files as well
  std::set<std::string> brought;  ///< defined by an import, for this file only
  std::set<std::string> used;     ///< every name, defined ones included
  /// Last words of what is imported or included: "feature" of `#include "lib/feature.h"`.
  std::set<std::string> imported;
  std::map<std::string, std::set<int>> arguments;  ///< of calls and signatures, by name
};

/// Adds what `line` of `file` says; the file's ending tells how to read it.
void read_names(std::string_view line, std::string_view file, LineNames& names);

/// The last part of a path without its ending.
std::string stem_of(std::string_view path);

/// Calls `take` with every name in `text`.
template <class Take>
void each_name(std::string_view text, Take take) {
  const auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_name(text[end])) ++end;
    const bool is_number = end > at && text[at] >= '0' && text[at] <= '9';
    if (end > at && !is_number) take(text.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace leakbisect::units
