#pragma once

// What runs right now, for whoever looks from another terminal: DIR/live.json, written whole
// whenever a trial takes another step. Knows nothing of verdicts; what has ended is in the journal.

#include "base/error.hpp"
#include "report/terminal.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::report {

/// A trial that runs.
struct LiveTrial {
  std::string id;
  std::string label;  ///< unit or commit
  std::string step;   ///< "building", "measuring"
  std::string build;  ///< while it builds: "clean", "incremental"
  std::string why;
  double since = 0;  ///< unix time, s: when the step began
};

class LiveBoard {
 public:
  explicit LiveBoard(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Notes where a trial stands; writes when that is another step. A disk that is full is no
  /// reason to stop: the old file stays.
  void note(const Progress& progress, const std::string& why);

 private:
  std::filesystem::path directory_;
  std::vector<LiveTrial> trials_;
};

/// What DIR/live.json says; nothing where there is none, or a torn one.
std::vector<LiveTrial> read_live(const std::filesystem::path& directory);

/// "now  t7  abc1234567: building (clean), for 34.0 s; WHY", as `status` prints it.
std::string live_line(const LiveTrial& live, double now);

/// The same as an object of `status --json`.
nlohmann::json live_json(const LiveTrial& live, double now);

}  // namespace leakbisect::report
