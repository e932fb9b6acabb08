#pragma once

// What a slot holds of builds, and the way of a build into the cache and out of it. Blocking:
// copies and syncs. Knows nothing of commands.
//
// SLOT/built.txt holds the key of the build that is there, SLOT/pristine.txt the paths that were
// there before the first one, SLOT/restored.txt what came from the cache and was built elsewhere.
// SLOT/unfinished.txt stands while files are written: where it is found, somebody was killed.

#include "units/build_cache.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::trial {

/// Lines of a text that end with a line break.
std::vector<std::string> lines_of(const std::string& text);

struct BuildPlace {
  units::BuildCache* cache = nullptr;
  std::string key;  ///< empty: cannot be known, and is not kept
  std::filesystem::path slot;
  std::filesystem::path directory;     ///< where it is built, below the slot
  std::vector<std::string> artifacts;  ///< what it leaves; empty: whatever is new
};

struct Readied {
  bool is_built = false;  ///< the slot or the cache had it
  std::vector<std::string> pristine;
};

/// True when a build in the slot, or its way out of the cache, was cut short: what it left looks
/// newer than its sources, and whole. The slot's files have to be made anew.
bool is_cut_short(const std::filesystem::path& slot);

/// Puts the build into the slot where it is known, else makes the slot ready for building;
/// note_ended() follows the build.
Result<Readied> ready_slot(const BuildPlace& place, bool is_fresh);

/// The commands of the build have ended, well or not.
void note_ended(const std::filesystem::path& slot);

/// Notes that the build is in the slot, and stores it when it is new.
Result<> keep_build(const BuildPlace& place, const std::vector<std::string>& pristine, bool is_new);

/// Removes what a build that was ended left: half a file would look whole to the next one.
void forget_new(const std::filesystem::path& directory, const std::vector<std::string>& pristine);

}  // namespace leakbisect::trial
