#pragma once

// What the hunt file's values have to be: numbers, quantities, commands, paths. Each rule is one
// function that makes a Rule: the text of what is allowed, and the reading. Knows no section of the
// file.

#include "base/metrics.hpp"
#include "config/hunt_file.hpp"
#include "config/reader.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace leakbisect::config {

Rule<bool> flag();
/// Exactly `true`; `allowed` says what else could have been meant.
Rule<bool> only_true(std::string allowed);
/// Numbers from one to another; an end that is open does not belong to them.
struct Range {
  double low = 0;
  double high = 0;
  bool low_is_open = false;
  bool high_is_open = false;
  [[nodiscard]] bool holds(double value) const {
    return value >= low && value <= high && !(low_is_open && value == low) &&
           !(high_is_open && value == high);
  }
};
/// A number of `range`; `allowed` says the same in words.
Rule<double> number(std::string allowed, Range range);
Rule<int> whole_number(int low, int high);
Rule<std::uint64_t> seed_number();

/// A duration with its unit, in seconds; up to a year.
enum class Zero { allowed, refused };
Rule<double> duration(Zero zero = Zero::refused);
/// A size with its unit, or a number of bytes.
Rule<double> size(Zero zero = Zero::refused);
/// A size with or without "/request"; of what is counted, a number: "0.1 threads/request".
Rule<double> leak_per_request(Measure measure);

/// A signal's name, with or without SIG, or its number.
Rule<int> signal_number();

/// Any string, the empty one too.
Rule<std::string> any_text();
/// A string that is not empty and holds no NUL, so that it may go to the operating system.
Rule<std::string> text(std::string allowed = "a text that is not empty");
/// A name for lists and logs: one line without commas.
Rule<std::string> name();
/// A regular expression (base/pattern.hpp) with at least `groups` groups.
Rule<std::string> regular_expression(unsigned groups);
/// The path of a request, as it stands in the request line.
Rule<std::string> http_path();
/// A JSON pointer.
Rule<std::string> json_pointer();
/// A path or glob below `below`, normalised: not absolute, not going up.
Rule<std::string> path_below(const std::string& below);

/// An array of strings, or a string for the shell.
Rule<Command> command();
/// Environment variables; values may be strings, numbers or booleans.
Rule<std::map<std::string, std::string>> environment();

/// The schema of a value that is one of `words`.
std::string words_schema(const std::vector<std::string>& words);
/// The schema of a value that follows one of several schemas.
std::string any_schema(const std::vector<std::string>& schemas);

/// Whether `text` is a JSON pointer (RFC 6901).
bool is_json_pointer(std::string_view text);

/// An array of at least `at_least` strings that each follow `entry`.
Rule<std::vector<std::string>> list_of(Rule<std::string> entry, std::string allowed,
                                       std::size_t at_least = 0);

}  // namespace leakbisect::config
