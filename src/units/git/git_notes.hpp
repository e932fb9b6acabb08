#pragma once

// What a repository says to a person: a commit in one line, and what no trial will see of it.
// Text from a repository is never trusted: control characters and wrong UTF-8 are replaced.

#include "config/hunt_file.hpp"
#include "units/git/git_handles.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leakbisect::units {

/// "abc1234567 Cache thumbnails (Ada, 2024-05-01)", a subject of over 100 characters cut; the id
/// alone when the commit cannot be read.
std::string describe_commit(git_repository* repository, const git_oid& id);

/// Whether files that are tracked differ from HEAD; submodules aside.
bool has_changes(git_repository* repository);

/// A sentence where subject.start runs a script that lies in the checkout instead of the slot: what
/// that loads from beside itself would be of one commit in all trials.
std::optional<std::string> started_from_checkout(const config::HuntFile& hunt,
                                                 git_repository* repository);

/// Uncommitted changes, submodules and LFS contents: one sentence each. Reads only.
std::vector<std::string> repository_warnings(git_repository* repository, const git_oid& bad);

}  // namespace leakbisect::units
