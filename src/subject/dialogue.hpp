#pragma once

// A conversation, line by line, with a program that was started for it: what we say goes to its
// standard input, what it says is read from its standard output, its errors go to a file. Contained
// like every subject: its whole tree ends with the conversation. Knows nothing of what is said.
//
// Blocking, each call with a deadline. Whoever talks listens too: a program that fills its output
// while we fill its input keeps neither waiting.

#include "subject/process.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace leakbisect::subject {

class Dialogue {
 public:
  /// Starts `spec.command`; its stderr_file gets what it prints there. Fails when it cannot be
  /// started.
  static Result<std::unique_ptr<Dialogue>> start(LaunchSpec spec);
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;
  ~Dialogue();

  /// Says one line. Fails when the program has ended, or does not read within `timeout_s`.
  Result<> say(std::string_view line, double timeout_s);

  /// The next line it says. Fails when it has ended, when none comes within `timeout_s`, and on a
  /// line of more than 64 MiB. The errors tell how it ended and the last line of its stderr.
  Result<std::string> hear(double timeout_s);

 private:
  struct Parts;
  explicit Dialogue(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace leakbisect::subject
