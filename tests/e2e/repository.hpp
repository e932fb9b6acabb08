#pragma once

// A git repository below a workshop, made commit by commit, with nothing of the user's own
// settings.

#include "workshop.hpp"

#include <string>

namespace leakbisect::e2e {

class Repository {
 public:
  /// Makes an empty one in `folder` of the workshop, which outlives it; its branch is "main".
  explicit Repository(const Workshop& shop, std::string folder = "app");

  /// Writes a file of the work tree.
  void write(const std::string& file, const std::string& text) const;
  /// Commits all that was written; the commit's id.
  std::string commit(const std::string& subject) const;
  /// Runs git with these arguments of a shell; what it printed, without the last line break. Fails
  /// the test when git fails.
  std::string git(const std::string& arguments) const;

 private:
  const Workshop& shop_;
  std::string folder_;
};

}  // namespace leakbisect::e2e
