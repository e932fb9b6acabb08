#pragma once

// One trial, told as one coroutine: apply the configuration, build, start, wait until ready, load
// and sample, decide, check that the load landed, stop. Knows nothing of the search. What goes
// wrong on the way is the record's outcome and reason; only a failing environment (disk, /proc) is
// an Error.

#include "config/hunt_file.hpp"
#include "trial/build_trust.hpp"
#include "trial/record.hpp"
#include "units/slots/build_cache.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::trial {

struct Witnessing;

/// What to do, and how to judge it.
struct Plan {
  std::string id;
  Purpose purpose = Purpose::search;
  strategies::Configuration configuration;
  std::string why;
  units::UnitSource* source = nullptr;  ///< whose units these are; nothing: the hunt's own
  /// Called about every quarter second with the whole series; a final decision ends the trial.
  std::function<stats::Decision(const stats::Series&)> look;
  double max_load_s = 60;          ///< the last look is at this age at the latest
  std::vector<load::Counts> ends;  ///< what both ends were answered; empty: a trial by itself
  /// Requests the clean control survived under the same memory cap; an earlier cap hit is a leak.
  std::optional<double> clean_control_requests;
  std::optional<double> leak_slope;  ///< bytes per request of the leaking end, for oracles' slopes
  double base_slope = 0;             ///< and of the clean end
  /// A stretch of a server that runs already, where only the load changes: `look` is given that
  /// stretch alone, from 0 s and 0 requests on. Needs an executor that has such a server.
  bool window = false;
  /// Only a clean build will do. Ends, both sides of a proof, and trials on their own have one
  /// anyway.
  bool clean_build = false;
  bool build_only = false;  ///< ends, with nothing measured, when its build has
  /// Seconds that the server may take to get ready; nothing: what the hunt file allows.
  std::optional<double> patience_s;
  /// Bytes that a positive control adds per answered request (ballast_feed.hpp); 0: the same trial
  /// without them.
  std::optional<double> ballast{};
  bool collects = true;  ///< false: no collection is forced, whatever memory.settle says
  std::shared_ptr<Witnessing> witness{};  ///< records who allocates; nothing: nobody does
  std::shared_ptr<load::Mix> mix;         ///< which requests are sent; empty: what the units say
};

/// Builds that failed while they were made ahead: what a trial would learn by failing again.
struct FailedBuild {
  std::string reason;
  std::string log;
  double seconds = 0;
};
using FailedBuilds = std::map<std::string, FailedBuild>;  // by build key

/// What every trial of a hunt shares. Outlives the trials.
struct Setup {
  const config::HuntFile* hunt = nullptr;
  units::UnitSource* source = nullptr;
  units::BuildCache* cache = nullptr;
  std::filesystem::path directory;  ///< DIR; trials are below DIR/trials, slots below DIR/slots
  std::shared_ptr<std::mutex> applying = std::make_shared<std::mutex>();  ///< one source at a time
  std::shared_ptr<FailedBuilds> failed_builds = std::make_shared<FailedBuilds>();
  /// Whether builds of the search may be incremental; nothing: always.
  std::shared_ptr<BuildTrust> trust{};
};

/// Where a trial stands, for the live line.
struct Step {
  std::string name;  ///< "applying", "building", "starting", "measuring", "stopping"
  double seconds = 0;
  double requests = 0;
  stats::Decision decision;
  double build_seconds = 0;           ///< of the build, once it was made (not: found)
  BuildKind build = BuildKind::none;  ///< while it is made
};
using OnStep = std::function<void(const Step&)>;

/// Folder of one trial's files: samples.csv, build.log, server.out, server.err, load.log.
std::filesystem::path folder_of(const std::filesystem::path& directory, const std::string& id);

/// Reads a recorded curve (samples.csv, or a user's own). Errors name the file.
Result<stats::Series> read_samples(const std::filesystem::path& file);

/// True where nothing but a clean build will do: what is shown at an end, by a proof or on its own
/// is held against nothing afterwards.
bool needs_clean_build(const Plan& plan);

/// A record with everything that is known before the trial runs; its outcome is `error` until then.
Record begin_record(const Setup& setup, const Plan& plan, int slot);

/// Names of the units that are on (toggles), or of the chosen commit (history).
std::vector<std::string> names_on(const units::UnitSource& source,
                                  const strategies::Configuration& configuration);

/// How something that is done for a trial goes about it: as a trial needs it that waits, or idle,
/// with what nobody else wants of the machine, until `hurried` says that a trial waits now.
struct Pace {
  bool idle = false;
  std::shared_ptr<const bool> hurried{};
  [[nodiscard]] bool is_idle() const { return idle && !(hurried && *hurried); }
};

/// What a slot's files are made from: what is there, or nothing, as for a clean build.
enum class Tree { as_it_is, anew };
struct Manner {
  Pace pace{};
  Tree tree = Tree::as_it_is;
};

/// Puts `configuration` of `source` (nothing: the hunt's own) into the folder `slot`, by a thread.
boost::asio::awaitable<Result<units::Applied>> apply(const Setup& setup, units::UnitSource* source,
                                                     strategies::Configuration configuration,
                                                     std::filesystem::path slot,
                                                     Manner manner = {});

/// Runs `plan` in slot number `slot`. When cancelled, it stops the server and returns the record
/// with the outcome `cancelled`.
boost::asio::awaitable<Record> run_trial(const Setup& setup, Plan plan, int slot, OnStep on_step);

}  // namespace leakbisect::trial
