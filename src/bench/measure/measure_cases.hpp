#pragma once

// The questions that `leakbisect-bench measure` asks every rule: which controls, which run, and the
// truth. From recorded traces (a folder with manifest.json) and from made-up servers.

#include "base/error.hpp"
#include "bench/measure/measure_made_up.hpp"
#include "bench/measure/measure_rules.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace leakbisect::bench {

/// A run to be judged.
struct Judged {
  std::string name;
  std::shared_ptr<const stats::Series> run;
  bool leaks = false;
};

/// Runs that are judged by the same two controls.
struct Case {
  std::string set;   ///< "pairs", "cross", "made-up 100 B", ...
  std::string name;  ///< of the controls
  Calibration controls;
  std::vector<Judged> runs;
  double from_s = 0;  ///< seconds of a run that do not count: they were the controls'
};

/// Sets of a trace folder:
///   pairs  a kind's controls of one seed judge the runs of the other seed, both ways; a kind with
///          one seed only is judged by its own controls (set "own", which flatters)
///   mates  one server and one leak that were recorded three times: each pair judges the others
///   split  the first half of a pair judges what was recorded after it
///   cross  other leaks, loads, caches and heap settings of the same server; runs that leak 0.3 to
///          0.7 of the leaking control are left out, since any answer is right
///   story  the founding story's interval leak alone
Result<std::vector<Case>> trace_cases(const std::filesystem::path& folder, double t_max_s);

/// Sets of `servers` made-up servers each: a clean and a leaking run beside two controls. "made-up"
/// for five sizes of leak, "settled" for forced collections, "cache" for a new cache that fills.
std::vector<Case> made_up_cases(int servers, std::uint64_t seed, double t_max_s);
/// The same servers beside ends that were measured for no longer than a hunt does: until they are
/// apart. Servers whose ends are not apart within `t_max_s` are left out.
std::vector<Case> short_end_cases(int servers, std::uint64_t seed, double t_max_s);
/// Servers on which something else is the matter, a set each: the leak is in shared memory, in the
/// kernel, or native beside a heap that hardly grows; begins late; comes in steps by the clock;
/// some requests fail; the host stands still; the leak slows the server down.
std::vector<Case> trouble_cases(int servers, std::uint64_t seed, double t_max_s);
/// Cuts both controls to the first lengths at which a hunt would find them apart; false where that
/// is never.
bool shorten(Calibration& ends);
/// The run up to an age.
stats::Series cut_at(const stats::Series& run, double age_s);
/// One of them: a clean and a leaking run of `server`, beside a pair of ends of its own.
Case made_up_case(const std::string& set, MadeUp server, double leak, int number, double t_max_s,
                  std::mt19937_64& random);

}  // namespace leakbisect::bench
