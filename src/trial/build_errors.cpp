#include "trial/build_errors.hpp"

#include "trial/build_slot.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace leakbisect::trial {
namespace {

constexpr std::size_t most_characters = 300;

// What tools begin or mark an error with. Words that also stand in ordinary lines ("error.c",
// "0 errors") are not among them.
constexpr std::array<std::string_view, 19> marks{"error: ",
                                                 "error:\t",
                                                 "Error: ",
                                                 "ERROR: ",
                                                 "ERROR in ",
                                                 "ERROR] ",
                                                 ": error ",
                                                 "error[",
                                                 "error TS",
                                                 "undefined reference to ",
                                                 "multiple definition of ",
                                                 "ld: cannot find ",
                                                 "ld returned ",
                                                 "CMake Error",
                                                 "npm ERR! ",
                                                 "npm error ",
                                                 "No such file or directory",
                                                 "command not found",
                                                 ": not found"};

// npm tells the code of an error before it says what happened.
constexpr std::array<std::string_view, 6> codes{"code ", "errno ",         "syscall ",
                                                "path ", "A complete log", "command "};

constexpr std::array<std::string_view, 3> targets{"*** ", "FAILED: ", "ninja: error"};

bool is_npm_code(std::string_view line) {
  for (const std::string_view start : {"npm ERR! ", "npm error "}) {
    if (!line.starts_with(start)) continue;
    const std::string_view said = line.substr(start.size());
    return std::ranges::any_of(codes, [&](auto code) { return said.starts_with(code); });
  }
  return false;
}

template <class Marks>
bool has_any(std::string_view line, const Marks& wanted) {
  return std::ranges::any_of(
      wanted, [&](std::string_view mark) { return line.find(mark) != std::string_view::npos; });
}

std::string shown(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  const auto last = line.find_last_not_of(" \t\r");
  return std::string(line.substr(first, std::min(last - first + 1, most_characters)));
}

}  // namespace

std::string first_error(const std::string& log) {
  std::string of_make;
  std::string of_npm;
  std::string last;
  for (const std::string& line : lines_of(log + "\n")) {
    const bool is_target = has_any(line, targets);
    if (is_npm_code(line)) {
      if (of_npm.empty()) of_npm = shown(line);
    } else if (!is_target && has_any(line, marks)) {
      return shown(line);
    }
    if (is_target && of_make.empty()) of_make = shown(line);
    if (const std::string text = shown(line); !text.empty()) last = text;
  }
  if (!of_npm.empty()) return of_npm;
  return of_make.empty() ? last : of_make;
}

}  // namespace leakbisect::trial
