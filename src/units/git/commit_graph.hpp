#pragma once

// Git's commit-graph file (gitformat-commit-graph), read in place: ids and parents of commits
// without opening an object, a hundred times faster. A split graph is a chain of such files. Knows
// nothing of what a walk looks for.
//
// Invariant: a file that is damaged, newer than version 1 or of another hash is as good as none;
// every position that is handed out lies within the chain.

#include "units/git/git_handles.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace leakbisect::units {

class CommitGraph {
 public:
  /// Opens the graph of a repository; without one it holds no commit.
  explicit CommitGraph(git_repository* repository);
  ~CommitGraph();
  CommitGraph(const CommitGraph&) = delete;
  CommitGraph& operator=(const CommitGraph&) = delete;

  [[nodiscard]] std::uint32_t size() const { return size_; }
  /// The position of a commit, when the graph holds it.
  [[nodiscard]] std::optional<std::uint32_t> find(const git_oid& id) const;
  [[nodiscard]] git_oid id(std::uint32_t position) const;
  /// Appends the parents' positions, in order. False: the file is damaged.
  bool parents(std::uint32_t position, std::vector<std::uint32_t>& to) const;

 private:
  class Layer;
  bool open(const std::filesystem::path& file);
  [[nodiscard]] const Layer& layer_of(std::uint32_t position) const;

  std::vector<std::unique_ptr<Layer>> layers_;  ///< oldest first
  std::uint32_t size_ = 0;
};

}  // namespace leakbisect::units
