#pragma once

// Requests that somebody has written down already: a browser's archive, an access log, a
// description of an interface, a file of requests, a curl command. Each reader turns a text into
// requests; mix.hpp turns those into the load of a hunt file. Only paths are taken, never hosts.
//
// Invariant: what a secret may be (cookies, authorization, keys, passwords) is not among the
// requests unless it was asked for, and a note says what was left out.

#include "base/error.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leakbisect::traffic {

/// One request as it was seen, `count` times.
struct Seen {
  std::string method = "GET";
  std::string target = "/";  ///< path and query, as on the wire
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  double count = 1;
  std::string name;  ///< what its author calls it; "": nothing
};

enum class Secrets { left_out, kept };

struct Recording {
  std::vector<Seen> requests;
  std::vector<std::string> notes;  ///< what was left out, and why; a sentence each
};

/// Reads `text`; `name` is where it came from, for messages. Fails with NAME:LINE, what is wrong
/// there and what to do.
struct Reader {
  std::string_view option;  ///< "--har"
  std::string_view help;
  bool takes_file;  ///< else the option's value is the text itself
  Result<Recording> (*read)(std::string_view text, const std::string& name, Secrets secrets);
};

/// All of them; to add one: a file with its function, a row in readers.cpp, a test, a row in
/// README.md.
std::span<const Reader> readers();

/// Reads what was given to an option. Fails as the reader does, or when the file cannot be read.
Result<Recording> read_recording(const Reader& reader, const std::string& value, Secrets secrets);

}  // namespace leakbisect::traffic
