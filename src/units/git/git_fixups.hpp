#pragma once

// What makes old commits build: patches of their trees and commands before their builds, each for a
// range of the history (units.git.fixups). Nothing is written into the user's repository, and the
// next checkout undoes all of it.

#include "base/error.hpp"
#include "config/hunt_file.hpp"
#include "units/git/git_handles.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::units {

class Fixups {
 public:
  /// Reads the patches and finds the ends of the ranges. Fails with the JSON path.
  static Result<std::unique_ptr<Fixups>> load(git_repository* repository,
                                              const std::vector<config::Fixup>& wanted);

  /// A commit with what is done to it.
  struct Fixed {
    git_oid tree{};                         ///< of the commit, patched
    bool is_patched = false;                ///< it is another than the commit's own
    std::vector<config::Command> commands;  ///< to be run before the build
    std::string why_not;                    ///< a patch does not fit; empty: all do
  };
  /// Writes the trees on the way into `where`, which can read the commit. A patch that is there
  /// already is left alone.
  [[nodiscard]] Result<Fixed> fixed(git_repository* where, const git_oid& commit) const;

  /// The same of a tree that was put together from those of several commits: what is for any of
  /// them is done, and only a patch that is for all of them has to fit.
  [[nodiscard]] Result<Fixed> fixed(git_repository* where, const git_oid& tree,
                                    const std::vector<git_oid>& commits) const;

  /// The first of them, in memory.
  [[nodiscard]] Result<Fixed> preview(const git_oid& commit) const;

 private:
  struct One {
    std::optional<git_oid> from, to;
    std::string name;   ///< of the patch file
    std::string patch;  ///< its text; empty: a command
    std::string undo;   ///< the same backwards
    config::Command command;
  };
  Fixups() = default;
  [[nodiscard]] bool is_for(const One& one, const git_oid& commit) const;
  /// Puts one patch upon the tree; a sentence when it does not fit.
  static Result<std::string> put(git_repository* where, const One& one, git_oid& tree);

  Repository reading_;  ///< keeps what is made in memory
  mutable std::mutex used_;
  std::vector<One> all_;
};

/// A patch as `git diff` writes it, backwards.
std::string backwards(const std::string& patch);

}  // namespace leakbisect::units
