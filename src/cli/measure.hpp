#pragma once

// What the two forms of `measure` share: a trial between the ends of a hunt (measure.cpp), and a
// server that is asked "do you leak at all?" (measure_alone.cpp).

#include "cli/assemble.hpp"
#include "cli/options.hpp"

namespace leakbisect::cli {

/// What is measured: a configuration of the hunt's units, or of `source` where that is set.
struct Chosen {
  strategies::Configuration configuration;
  std::unique_ptr<units::UnitSource> source;  ///< of a commit outside of the hunt's range
};

/// What --commit or --off names; of a hunt for commits any commit of the repository. Fails when
/// they do not suit the hunt's units.
Result<Chosen> chosen_of(const MeasureOptions& options, const config::HuntFile& hunt,
                         const units::UnitSource& source);

/// The hunt that a server given on the command line stands for.
config::HuntFile hunt_of_command(const MeasureOptions& options);

/// Loads the server steadily, then in bursts, for options.for_s, and says whether it leaks, which
/// metric grows, and with what: requests or time. Returns the exit code.
int measure_alone(const MeasureOptions& options, config::HuntFile hunt,
                  const std::filesystem::path& directory);

/// Prints a record on stdout and returns its exit code.
int print_measured(const trial::Record& record, bool json);

/// 0 clean, 1 leaking, 125 untestable or undecided, 130 interrupted: what `git bisect run` expects.
int measured_exit_code(const trial::Record& record);

}  // namespace leakbisect::cli
