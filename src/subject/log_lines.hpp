#pragma once

// Reads a growing log a piece at a time: each call gives the lines that have come since, and the
// last one also while it is still without its end.

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::subject {

class LogLines {
 public:
  explicit LogLines(std::filesystem::path file) : file_(std::move(file)) {}
  /// New lines without their ends, each cut to 4 KiB. Empty while there is no file.
  std::vector<std::string> fresh();

 private:
  std::filesystem::path file_;
  std::uintmax_t read_ = 0;
  std::string open_line_;
};

/// The line that tells most about why a program ended: the last of the file's end that speaks of an
/// error, else the last one. Control characters are taken out, and it is cut to 200 characters.
/// Empty when nothing was printed.
std::string telling_line(const std::filesystem::path& file);

}  // namespace leakbisect::subject
