#pragma once

// DIR/report.json, DIR/report.txt (as the terminal has it), DIR/report.md and DIR/report.html,
// written whole.

#include "base/error.hpp"
#include "report/curves.hpp"
#include "report/model.hpp"

#include <chrono>
#include <filesystem>

namespace leakbisect::hunt {

class ReportFiles {
 public:
  /// `before_s`: seconds that the hunt took in earlier runs.
  ReportFiles(std::filesystem::path directory, double before_s);

  /// Notes in `model` how long the hunt has taken, and writes all.
  Result<> write(report::Model& model);

 private:
  std::filesystem::path directory_;
  double before_s_;
  std::chrono::steady_clock::time_point began_;
  report::CurveCache curves_;
};

}  // namespace leakbisect::hunt
