#pragma once

// The user's files as a configuration wants them: a few texts laid over a folder that is only read.
// Ways to switch off write here, so that a way that fails half-way has changed nothing.

#include "base/error.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace leakbisect::units {

class Overlay {
 public:
  explicit Overlay(std::filesystem::path root) : root_(std::move(root)) {}

  /// The text of a file as it stands now. Fails when there is none, and when `path` leads out.
  [[nodiscard]] Result<std::string> read(const std::string& path) const;

  /// Replaces a file, or makes it.
  Result<> write(const std::string& path, std::string text);

  /// Takes away a file, or a folder with all in it. Fails when there is none.
  Result<> remove(const std::string& path);

  [[nodiscard]] bool exists(const std::string& path) const;

  /// What differs from the folder: a file's new text, or nothing where it is gone. Paths are
  /// resolved: no folder on their way is a link.
  [[nodiscard]] const std::map<std::string, std::optional<std::string>>& changes() const {
    return changes_;
  }

 private:
  std::filesystem::path root_;
  std::map<std::string, std::optional<std::string>> changes_;
};

}  // namespace leakbisect::units
