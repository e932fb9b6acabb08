#pragma once

// What an external load says about its progress: follows the log file it writes, and finds the
// number of requests in it. The log is followed, never held: memory is bounded by one line.

#include "base/error.hpp"
#include "base/pattern.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace leakbisect::load {

/// Finds the number of requests so far in lines of output. Default: lines "requests N". The number
/// is cumulative; one that is smaller than the last starts a new run (a loop around `wrk`), and the
/// runs are added up.
class Progress {
 public:
  /// `pattern`: regular expression whose first group is the number. Fails when it is none.
  static Result<Progress> make(const std::optional<std::string>& pattern);

  void line(std::string_view text);
  /// Nothing until a line has said a number.
  [[nodiscard]] std::optional<std::uint64_t> requests() const;

 private:
  std::optional<Pattern> pattern_;
  std::uint64_t earlier_runs_ = 0;
  std::optional<std::uint64_t> this_run_;
};

/// Reads what has been appended to a file since the last call, line by line.
class LogTail {
 public:
  explicit LogTail(std::filesystem::path file) : file_(std::move(file)) {}
  /// Gives all whole lines that are new (with `to_the_end`, also an unfinished last one) to
  /// `progress`. A file that is not there yet is empty.
  void poll(Progress& progress, bool to_the_end);

 private:
  std::filesystem::path file_;
  std::uintmax_t offset_ = 0;
  std::string unfinished_;
};

/// The last lines of a log, for an error message; control characters are replaced.
std::string last_lines(const std::filesystem::path& file, std::size_t count);

}  // namespace leakbisect::load
