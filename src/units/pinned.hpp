#pragma once

// A hunt that stays the same hunt, whatever is committed or tagged after it began.

#include "base/error.hpp"
#include "config/hunt_file.hpp"

#include <string>

namespace leakbisect::units {

/// The ends of a commit hunt as full ids; both empty where the units are no commits.
struct PinnedEnds {
  std::string good;  ///< empty too where the hunt file names no good end
  std::string bad;

  bool operator==(const PinnedEnds&) const = default;
};

/// What the revisions of the hunt file mean now. Fails with the JSON path of one that means none.
Result<PinnedEnds> pinned_ends(const config::HuntFile& hunt);

/// The hunt between those ends instead of what its revisions have come to mean.
config::HuntFile between(config::HuntFile hunt, const PinnedEnds& ends);

}  // namespace leakbisect::units
