#pragma once

// What can be said of a repository before anybody has named the ends of a hunt. Reads only.

#include "base/error.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace leakbisect::units {

struct RepositorySummary {
  std::string release;        ///< newest release below HEAD by its tag, not HEAD itself; "": none
  std::size_t since_it = 0;   ///< commits between that release and HEAD
  std::size_t older = 0;      ///< commits before HEAD on the first-parent line
  bool holds_folder = false;  ///< HEAD has the folder that was asked about
  bool has_changes = false;   ///< files that are tracked differ from HEAD
  std::string head_subject;   ///< first line of HEAD's message
};

/// The repository that `folder` lies in. Fails where there is none, or one without a commit.
Result<RepositorySummary> summarize_repository(const std::filesystem::path& folder);

}  // namespace leakbisect::units
