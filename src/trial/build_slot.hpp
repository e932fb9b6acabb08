#pragma once

// What a slot holds of builds, and the way of a build into the cache and out of it. Blocking:
// copies and syncs. Knows nothing of commands.
//
// SLOT/built.txt holds the key of the build that is there, SLOT/restored.txt what came from the
// cache and was built elsewhere. SLOT/unfinished.txt stands while files are written: where it is
// found, somebody was killed. Invariant: a path that the configuration itself has is never taken
// for something that a build left.

#include "units/slots/build_cache.hpp"
#include "units/slots/tree.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::trial {

/// Lines of a text that end with a line break.
std::vector<std::string> lines_of(const std::string& text);

struct BuildPlace {
  units::BuildCache* cache = nullptr;
  std::filesystem::path slot;
  std::filesystem::path top;           ///< of the files that are built, below the slot
  std::vector<std::string> own;        ///< paths below `top` that no build made; sorted
  std::vector<std::string> artifacts;  ///< what it leaves, below `top`; empty: whatever is new
};

/// True when a build in the slot, or its way out of the cache, was cut short: what it left looks
/// newer than its sources, and whole. The slot's files have to be made anew.
bool is_cut_short(const std::filesystem::path& slot);

/// The key of the build that the slot holds; "" where it holds none.
std::string held_key(const std::filesystem::path& slot);

/// The slot's files were made anew: it holds no build.
void note_fresh(const std::filesystem::path& slot);

/// The slot is about to be built in, or restored into; note_ended() follows.
Result<> note_begun(const BuildPlace& place);

/// The commands of the build have ended, well or not.
void note_ended(const std::filesystem::path& slot);

/// What a restoring brought.
struct Taken {
  bool found = false;
  bool changes_own = false;  ///< files of the configuration's own too, as the build had left them
};
/// Puts the build called `key` into the slot, where the cache has one of that name.
Result<Taken> take_from_cache(const BuildPlace& place, const std::string& key);

/// The configuration's own files as they stand now: to be compared after a build.
std::vector<units::TreeEntry> own_files(const BuildPlace& place);
/// Those of `before` that were written to since.
std::vector<std::string> changed_files(const BuildPlace& place,
                                       const std::vector<units::TreeEntry>& before);

/// What a build in another place left may name that place: the next build here begins without it.
void forget_foreign(const BuildPlace& place);

/// Stores the build called `key`, with the own files that it changed.
void store_build(const BuildPlace& place, const std::string& key,
                 const std::vector<std::string>& changed);

/// Notes that the slot holds the build called `key`. Not to be called where the build changed own
/// files: the next apply() puts them back.
Result<> note_held(const BuildPlace& place, const std::string& key);

/// Removes what builds left below `top`.
void forget_built(const BuildPlace& place);

}  // namespace leakbisect::trial
