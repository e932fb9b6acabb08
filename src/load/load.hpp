#pragma once

// What drives the server. Two kinds behind one interface: our own HTTP load (open or closed loop,
// seeded, counted) and any external command. The sampler reads counts() while run() goes on.
// Knows neither the subject nor processes: a command is started by a function that comes with the
// target. Request number k is the same in every trial, however fast the server answers.

#include "base/error.hpp"
#include "base/placeholders.hpp"
#include "config/hunt_file.hpp"
#include "load/mix.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::load {

/// What the requests of one entry of the hunt file's list were answered.
struct Answers {
  std::string request;  ///< the name of its route
  std::map<unsigned, std::uint64_t> status;
  std::uint64_t failed = 0;  ///< no answer
};

/// What has been sent and answered so far. What a trial's load was (landing.hpp judges it).
struct Counts {
  std::uint64_t planned = 0;   ///< arrivals due so far (open loop); else as many as were sent
  std::uint64_t sent = 0;      ///< answered, failed or still in flight
  std::uint64_t answered = 0;  ///< complete responses, of any status
  std::uint64_t failed = 0;    ///< refused, reset, timed out
  std::uint64_t omitted = 0;   ///< due, but switched off (see mix.hpp); never planned
  std::uint64_t skipped = 0;   ///< due, but no connection was free within the request timeout
  std::map<unsigned, std::uint64_t> status;
  std::vector<Answers> by_request;  ///< one an entry of the hunt file's list; HTTP load only
  std::uint64_t bytes = 0;          ///< bodies received
  double loaded_s = 0;              ///< so long there was load; 0: not known
  double all_busy_s = 0;            ///< so long every connection waited for an answer
  double lateness_p50_s = 0;        ///< sent later than planned (open loop)
  double lateness_p99_s = 0;
  double lateness_max_s = 0;  ///< counts a request that is overdue now as well
  bool counts_requests =
      true;  ///< false: external load that reports nothing; time is the regressor
  [[nodiscard]] std::uint64_t requests() const { return answered; }
  [[nodiscard]] std::uint64_t in_flight() const { return sent - answered - failed; }
};

struct Target {
  std::uint16_t port = 0;
  std::uint64_t seed = 1;           ///< same seed, same sequence of requests
  std::filesystem::path log_file;   ///< external command's output
  std::filesystem::path directory;  ///< where an external command runs
  std::filesystem::path state_directory;
  Placeholders placeholders;  ///< {url}, {port}, ...
  std::shared_ptr<Mix> mix;   ///< may be empty: all requests are sent. HTTP load of our own only
  /// Runs a command to its end, both its outputs going to the file, and gives its exit code (128 +
  /// the signal's number when it was killed). Cancelling it ends the command and all its children.
  /// Needed by external load only.
  std::function<boost::asio::awaitable<Result<int>>(config::Command,
                                                    std::filesystem::path log_file)>
      run_command;
};

class Load {
 public:
  virtual ~Load() = default;
  /// Drives the server until cancelled (asio cancellation: terminal), which closes all connections
  /// before it returns without error. Call once. Fails when the load itself could not run: a
  /// command that is missing, that fails, or that ends before it is cancelled.
  virtual boost::asio::awaitable<Result<>> run() = 0;
  [[nodiscard]] virtual Counts counts() const = 0;
};

/// Fails on a request that cannot be sent as it stands, and on a progress pattern that is none.
Result<std::unique_ptr<Load>> make_load(const config::Load& load, const Target& target);

}  // namespace leakbisect::load
