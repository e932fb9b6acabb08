#pragma once

// Pieces of requests as the readers meet them: URLs, headers, what may be a secret, places in a
// text.

#include "traffic/traffic.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace leakbisect::traffic {

struct Url {
  std::string host;    ///< with its port; "" where there is none
  std::string target;  ///< path and query, ready for a request line
};

/// Takes a URL apart; "/path" and "{{host}}/path" have no host. The fragment and a user's name are
/// dropped; spaces and control characters are written as %XX.
Url parse_url(std::string_view url);

/// A method in capitals that the load can send.
bool is_method(std::string_view word);

bool same_letters(std::string_view a, std::string_view b);

/// Counts what was left out, for one note at the end.
class Withheld {
 public:
  explicit Withheld(Secrets secrets) : secrets_(secrets) {}

  /// Adds a header to `request` unless it is a secret, or one that the load makes by itself
  /// (length, host, connection) or that makes answers depend on a browser's cache.
  void add_header(Seen& request, std::string name, std::string value);
  /// Takes parameters that may be secrets out of the target, and puts "x" for such fields of a form
  /// or a JSON body.
  void clean(Seen& request);
  /// Notes for the recording: what was left out, how often, and the option that keeps it.
  void tell(Recording& recording) const;

 private:
  void clean_target(Seen& request);
  void clean_body(Seen& request);
  [[nodiscard]] std::string word_of(std::string_view pair) const;

  Secrets secrets_;
  std::map<std::string, std::size_t> counts_;
};

/// LINE of a position in a text, from 1.
std::size_t line_at(std::string_view text, std::size_t position);

/// Takes the first line off the front, without its end.
std::string_view take_line(std::string_view& text);

/// Without white space around it.
std::string_view stripped(std::string_view text);

}  // namespace leakbisect::traffic
