#pragma once

// What drives the server. Two kinds behind one interface: our own HTTP load (open or closed loop,
// seeded, counted) and any external command. The sampler reads counts() while run() goes on.

#include "base/error.hpp"
#include "base/placeholders.hpp"
#include "config/hunt_file.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace leakbisect::load {

/// What has been sent and answered so far. The audit of a trial.
struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;  ///< complete responses, of any status
  std::uint64_t failed = 0;    ///< refused, reset, timed out
  std::map<unsigned, std::uint64_t> status;
  std::uint64_t bytes = 0;    ///< bodies received
  double lateness_p50_s = 0;  ///< sent later than planned (open loop)
  double lateness_max_s = 0;
  bool counts_requests =
      true;  ///< false: external load that reports nothing; time is the regressor
  std::uint64_t requests() const { return answered; }
};

struct Target {
  std::uint16_t port = 0;
  std::uint64_t seed = 1;           ///< same seed, same sequence of requests
  std::filesystem::path log_file;   ///< external command's output
  std::filesystem::path directory;  ///< where an external command runs
  std::filesystem::path state_directory;
  Placeholders placeholders;  ///< {url}, {port}, ...
};

class Load {
 public:
  virtual ~Load() = default;
  /// Drives the server until cancelled (asio cancellation: terminal) or, for a command, until it
  /// ends. Returns the error when the load itself could not run (command missing, exit code not 0).
  virtual boost::asio::awaitable<Result<>> run() = 0;
  [[nodiscard]] virtual Counts counts() const = 0;
};

Result<std::unique_ptr<Load>> make_load(const config::Load& load, const Target& target);

/// Does this load count as delivered, beside the clean control's? Nothing when it does; else why
/// not: under 99% answered, another mix of statuses (any class differing by more than 1% of the
/// requests), bodies of another size on average (by more than half), or lateness over a second.
std::optional<std::string> audit(const Counts& trial, const std::optional<Counts>& clean_control);

}  // namespace leakbisect::load
