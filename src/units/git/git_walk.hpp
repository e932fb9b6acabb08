#pragma once

// The commits between two ends, parents first, read from the commit-graph where there is one and
// else from the commits' own headers, each once.

#include "base/error.hpp"
#include "strategies/search_space.hpp"
#include "units/git/git_handles.hpp"

#include <vector>

namespace leakbisect::units {

struct Walked {
  std::vector<git_oid> oids;  ///< parents first; the bad end last
  strategies::Graph parents;  ///< positions in `oids`; parents outside of the range are left out
  bool meets_good = false;    ///< one of them has `good` as a parent: good is an ancestor of bad
};

/// Reads what is reachable from `bad` and not from `good`; only bad's first-parent line when
/// `first_parent` is set. Empty when good is bad. Fails on a commit that cannot be read.
Result<Walked> walk_range(git_repository* repository, const git_oid& good, const git_oid& bad,
                          bool first_parent);

}  // namespace leakbisect::units
