#pragma once

// The build step of a trial: nothing to do when the slot already holds this build, restored when
// the cache has it, else made (the unit's own commands first, then the subject's build).

#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace leakbisect::trial {

struct BuildResult {
  double seconds = 0;
  bool cached = false;
  bool timed_out = false;
  std::optional<std::string> failure;  ///< why this configuration is untestable
};

/// Builds what `applied` says in its directory. `slot` is the slot's folder; output goes to
/// FOLDER/build.log. Fails only when the environment does.
boost::asio::awaitable<Result<BuildResult>> build(const Setup& setup, const units::Applied& applied,
                                                  std::filesystem::path slot,
                                                  std::filesystem::path folder, Pace pace = {});

/// True when the cache has this build.
bool is_built_already(const Setup& setup, const units::Applied& applied);

/// `command` with its placeholders filled.
config::Command filled(const config::Command& command, const Placeholders& values);

}  // namespace leakbisect::trial
