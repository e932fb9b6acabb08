#pragma once

// What is kept of one trial: the journal's line, the report's row, the strategy's evidence.

#include "base/error.hpp"
#include "load/load.hpp"
#include "probe/sampler.hpp"
#include "stats/decision.hpp"
#include "strategies/strategy.hpp"
#include "trial/build_trust.hpp"
#include "trial/host_load.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace leakbisect::trial {

/// Why a trial is run.
enum class Purpose {
  control_bad,   ///< at the end that should leak
  control_good,  ///< at the end that should be clean
  search,
  proof_on,
  proof_off,
  single,
  drill,
  end_search,       ///< for a good end, where the hunt file names none
  positive_control  ///< with a known leak put in, or without it for comparison
};
std::string_view purpose_name(Purpose purpose);
/// One of the two ends, measured before what is searched.
constexpr bool is_control(Purpose purpose) {
  return purpose == Purpose::control_bad || purpose == Purpose::control_good;
}

/// A process that is measured although it is not of the server's tree: it answered, and somebody
/// else than the start command itself had started it. It is never ended by us.
struct FollowedProcess {
  int pid = 0;
  std::uint64_t start = 0;  ///< clock ticks since boot: tells it from a later one of the same pid
  std::string command;      ///< its command line, cut
};

/// What a positive control put into what was measured.
struct Ballast {
  double per_request = 0;  ///< bytes; 0: the same trial without it
  double bytes = 0;        ///< in all, at the end
  std::string place;       ///< "the server's own heap", "a process beside the server"
};

/// How far a trial came.
enum class Stage { none, build, start, load };

struct Record {
  std::string id;  ///< "t7"; also its folder: DIR/trials/t7
  Purpose purpose = Purpose::search;
  strategies::Configuration configuration;
  std::string label;                      ///< the configuration for a person: "off: video, ads"
  std::vector<std::string> on_or_commit;  ///< names: the commit, or nothing for toggles
  std::vector<std::string> off;           ///< names of the units switched off
  std::string why;                        ///< the strategy's reason
  strategies::OutcomeKind kind = strategies::OutcomeKind::error;
  stats::Decision decision;  ///< when measured
  std::string reason;        ///< why it is not measured or not decided; may be empty
  Stage stage = Stage::none;
  bool lost = false;  ///< an error that is no fact about the configuration: worth repeating
  double requests = 0;
  double seconds = 0;  ///< server up: from start to stop
  double build_seconds = 0;
  bool build_cached = false;
  BuildKind build = BuildKind::none;  ///< what the build began from
  /// What an incremental build did that a clean one of the same configuration, made after it, did
  /// not; with what follows for later builds. Empty: nothing of the kind.
  std::string build_spoilt;
  double started_at = 0;     ///< unix time, s
  bool is_built = true;      ///< false: its build failed, and nothing was started
  bool build_only = false;   ///< nothing was started because nothing was to be
  double ready_seconds = 0;  ///< from the start until it answered; 0: it never did
  int slot = 0;
  load::Counts counts;
  double load_rate = 0;                 ///< requests a second that were planned; 0: another load
  std::vector<std::string> load_notes;  ///< what of the load was not as planned
  HostLoad host;                        ///< what else went on meanwhile
  probe::Cost sampling;
  std::vector<std::string> events;        ///< processes that came and went, kills, caps
  int restarts = 0;                       ///< generations after the first
  std::vector<FollowedProcess> followed;  ///< who answered from outside the tree, in order
  std::optional<Ballast> ballast;         ///< of a positive control
};

/// The evidence in a record, as the strategies want it.
strategies::Outcome evidence(const Record& record);

/// "process 4711 (node server.js)" of all that were followed, for a person; empty: nobody was.
std::string followed_words(const Record& record);

/// One JSON object, as in DIR/journal.jsonl and DIR/report.json; and back.
nlohmann::json to_json(const Record& record);
Result<Record> record_from_json(const nlohmann::json& object);

}  // namespace leakbisect::trial
