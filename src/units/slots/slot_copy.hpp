#pragma once

// A slot that is a copy of the user's folder with an overlay on it. The copy is made once; after
// that only files that differ are written, so that builds are incremental. What a slot was last
// asked to hold stands on disk before its files change, so a slot left by a killed process is put
// right by the next call.
//
// Invariant: after put_copy() every file of the user's folder has its own content, or the
// overlay's, but for files that builds wrote to; what builds added stays.

#include "base/error.hpp"
#include "units/slots/overlay.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::units {

struct CopyRequest {
  std::filesystem::path source;  ///< the user's folder, absolute; read only
  std::filesystem::path slot;
  /// Commands will change the copy in ways nobody records: the next request puts back everything,
  /// unless it has the same label.
  bool commands_follow = false;
  std::string label;  ///< what the commands will make of it; empty: cannot be known
};

struct SlotCopy {
  std::filesystem::path directory;
  bool fresh = false;  ///< all of it was put back: earlier builds are gone
};

/// Makes the slot hold the source with `overlay`. Fails when `slot` holds files of somebody else.
Result<SlotCopy> put_copy(const CopyRequest& request, const Overlay& overlay);

/// Any file of the slot may be wrong: the next put_copy() finds those by their times, and puts them
/// back.
void distrust_copy(const std::filesystem::path& slot);

/// Paths that a copy of `source` with `overlay` has by itself, folders included; sorted. `source`
/// as list_source() gave it.
std::vector<std::string> own_paths(std::vector<std::string> source, const Overlay& overlay);

/// Paths of `source`, leaving out the slots that may lie in it; sorted.
std::vector<std::string> list_source(const std::filesystem::path& source,
                                     const std::filesystem::path& slot);

/// The state of `source` as a name, leaving out the slots that may lie in it.
std::string source_state(const std::filesystem::path& source, const std::filesystem::path& slot);

}  // namespace leakbisect::units
