#pragma once

// Models to render: a hunt as it really goes, with synthetic curves on disk, and one in which every
// name attacks its reader.

#include "report/model.hpp"

#include <filesystem>
#include <string>

namespace leakbisect::report {

/// A folder of its own below /tmp, removed at the end.
struct TempFolder {
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::filesystem::path path;
};

/// A component hunt of 18 trials that ends on "video"; its CSV files and logs are written below
/// `directory`.
Model component_hunt(const std::filesystem::path& directory);

/// The same with `trials` search trials in the middle, for speed.
Model long_hunt(const std::filesystem::path& directory, int trials);

/// A model in which every text is `text`; nothing is written.
Model model_of(const std::string& text);

/// One measured record.
trial::Record measured(std::string id, std::vector<std::string> off, stats::Verdict verdict,
                       double slope);

}  // namespace leakbisect::report
