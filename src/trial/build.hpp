#pragma once

// The build step of a trial: nothing to do when the slot already holds this build, restored when
// the cache has it, else made (the unit's own commands first, then the subject's build). A clean
// build and one that went on from what an earlier one left are kept apart by name.

#include "trial/build_trust.hpp"
#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace leakbisect::trial {

struct BuildResult {
  BuildKind kind = BuildKind::none;
  double seconds = 0;
  bool cached = false;  ///< the slot or the cache had it
  bool timed_out = false;
  std::optional<std::string> failure;  ///< why this configuration is untestable
};

/// What can be said of a build before it is made.
struct KnownBuild {
  bool needs_none = false;       ///< there is nothing to build
  bool is_held_clean = false;    ///< the slot holds a clean build of this configuration
  bool is_held = false;          ///< or an incremental one
  bool is_cached_clean = false;  ///< the cache has a clean build
};
KnownBuild known_build(const Setup& setup, const units::Applied& applied,
                       const std::filesystem::path& slot);

/// Where a build is made, and where its output goes.
struct BuildFolders {
  std::filesystem::path slot;  ///< the slot's folder
  std::filesystem::path logs;  ///< gets build.log
};

/// Builds what `applied` says in its directory: clean, where its files were made anew by apply().
/// `known` is what was known of it in that slot. TMPDIR is a folder of the slot's. Fails only when
/// the environment does.
boost::asio::awaitable<Result<BuildResult>> build(const Setup& setup, const units::Applied& applied,
                                                  KnownBuild known, BuildFolders folders,
                                                  Pace pace = {});

/// True when the cache has this build, clean or (unless `clean`) incremental.
bool is_built_already(const Setup& setup, const units::Applied& applied, bool clean = false);

/// `command` with its placeholders filled.
config::Command filled(const config::Command& command, const Placeholders& values);

}  // namespace leakbisect::trial
