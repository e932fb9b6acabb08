#pragma once

// Which hunks of a commit need which others, as their text tells: a name that one's lines define
// and the parent's files do not have, and another's lines use; a function whose arguments change
// together with its calls; a new file, and what includes it or builds it. Knows nothing of git.

#include "strategies/search_space.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace leakbisect::units {

/// A hunk as its text: the lines that it brings and takes away.
struct HunkText {
  std::string file;
  std::vector<std::string> added, removed;
  std::shared_ptr<const std::set<std::string>> file_names{};  ///< of the parent's file
  bool is_new_file = false;
  bool is_gone = false;  ///< the file is deleted
};

/// The hunk (first) needs the other (second) to be on.
using HunkNeed = std::pair<strategies::UnitIndex, strategies::UnitIndex>;

/// Given names, returns those that the parent's files have.
using KnownNames = std::function<std::set<std::string>(const std::set<std::string>&)>;

/// The needs among `hunks`; sorted, none twice. `known` is asked once.
std::vector<HunkNeed> needs_among(const std::vector<HunkText>& hunks, const KnownNames& known);

}  // namespace leakbisect::units
