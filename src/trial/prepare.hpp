#pragma once

// From a configuration to something that can be started: applied, and built. What an incremental
// build fails in is believed only once a clean one has failed as well.

#include "trial/build.hpp"
#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace leakbisect::trial {

/// What is to be made ready, and where.
struct Order {
  units::UnitSource* source = nullptr;  ///< whose units these are; nothing: the hunt's own
  strategies::Configuration configuration;
  std::filesystem::path slot;  ///< the slot's folder; its files are below SLOT/tree
  std::filesystem::path logs;  ///< build.log, and build-incremental.log of one that was spoilt
  bool clean = false;          ///< nothing but a clean build will do
  Pace pace{};
  bool is_ahead = false;  ///< nobody starts it here: what the cache has already is left there
  /// Called when a build begins.
  std::function<void(BuildKind)> on_build{};
};

struct Prepared {
  units::Applied applied;
  BuildResult build;  ///< its seconds are those of all builds that were made
  std::optional<std::string> untestable;
  /// The failure of an incremental build that a clean one does not have; "" where none was.
  std::string spoilt;
};

/// Fails only when the environment does.
boost::asio::awaitable<Result<Prepared>> prepare(const Setup& setup, Order order);

}  // namespace leakbisect::trial
