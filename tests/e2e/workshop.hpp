#pragma once

// A folder of its own for one end-to-end test, and the real binary run in it. The folder is removed
// when the test passed and kept, and named, when it failed.

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::e2e {

struct Ran {
  int code = -1;  ///< exit code; 128 + signal when it was killed
  std::string out;
  std::string err;
  double seconds = 0;
};

class Workshop {
 public:
  Workshop();
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file below path() and returns its full path.
  std::filesystem::path write(const std::filesystem::path& relative, const std::string& text) const;

  /// Runs a program to its end in path(). Killed after `limit_s`.
  Ran run(const std::vector<std::string>& argv, double limit_s = 300) const;
  /// Runs leakbisect with these arguments.
  Ran leakbisect(std::vector<std::string> arguments, double limit_s = 300) const;
  /// Starts leakbisect in a session of its own, output to files; the caller reaps it.
  pid_t start(std::vector<std::string> arguments) const;

 private:
  std::filesystem::path path_;
};

/// Waits for a child; exit code, or 128 + signal; nothing when it is still there after `limit_s`.
std::optional<int> wait_for(pid_t pid, double limit_s);

/// DIR/report.json.
nlohmann::json report_in(const std::filesystem::path& directory);

/// Pids of processes whose command line or environment names `text` (a workshop's path, say).
std::vector<pid_t> processes_naming(const std::string& text);

/// Those that still do after ten seconds: who was killed leaves a keeper, which ends by itself.
std::vector<pid_t> processes_left_naming(const std::string& text);

/// Name, type, size, mode, mtime and content digest of everything below a folder, as one text.
std::string snapshot(const std::filesystem::path& folder);

std::string read_text(const std::filesystem::path& file);

}  // namespace leakbisect::e2e
