#pragma once

// Everything a report says, as plain data: filled by the hunt, rendered as JSON, HTML and terminal
// lines. Knows nothing of how the hunt goes on.

#include "report/hunt_result.hpp"
#include "stats/beside.hpp"
#include "stats/kinds.hpp"
#include "stats/lasting.hpp"
#include "trial/record.hpp"
#include "witness/difference.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::report {

/// One of several units that may be the culprit, with its own probability.
struct Candidate {
  std::string unit;
  std::string description;  ///< one line for a person
  double probability = 0;
  std::string why_untestable{};  ///< "does not build"; empty: it was tested, or could be
};

struct CulpritRow {
  std::string unit;                      ///< full commit sha, or the component's name
  std::string description;               ///< one line for a person
  double probability = 0;                ///< its own
  std::vector<std::string> together;     ///< units that leak only when all are on (more than one)
  std::vector<std::string> equivalents;  ///< the class that trials cannot tell apart
  double slope = 0, slope_se = 0;        ///< bytes per request
  double share = 1;                      ///< of the leak, where commits before or after leak too
  double class_probability = 0;   ///< that it is one of its class; 0: the unit is alone in it
  std::vector<Candidate> same{};  ///< the class, in the history's order; empty: the unit is alone
  /// The fewest units that are as probable together as wanted, the likeliest first, and how
  /// probable they are. Empty where nobody ranks the others.
  std::vector<Candidate> credible{};
  double credible_probability = 0;
  std::string tried_apart{};  ///< what became of telling the class apart; empty: not tried
  std::vector<stats::Beside> beside{};  ///< counts that grow with it
  /// The kinds of memory of which its size is the sum, where there are several; else empty.
  std::vector<stats::PartGrowth> parts{};
  /// What of memory grows at the leaking end, as it was read: the heap is in the anonymous memory
  /// as well, page cache is no leak. Of the only culprit.
  std::vector<stats::PartGrowth> grows{};
  std::string pattern{};       ///< of growth that is no line: "begins after about 120 s"
  std::string proof{};         ///< where it was proven by itself: what that showed
  std::string place{};         ///< "components/Video.vue:3-9": where a component's text stands
  stats::Followed followed{};  ///< how far its growth was seen to go on; 0 requests: not told
  double of_requests = 1;      ///< the share of the load that its slope is per request of (routes)
};

/// Culprit off and on again (or parent and commit), with fresh processes, longer.
struct Proof {
  bool done = false;
  bool holds = false;
  std::vector<std::string> leaking_trials;  ///< ids of trials with the culprit on
  std::vector<std::string> clean_trials;    ///< ids of trials with it off
  std::string sentence;
  std::string parent;         ///< history: the commit that stayed flat; "" for other shapes
  bool is_own_parent = true;  ///< it is the culprit's parent; else the nearest that can be tested
  bool is_narrow = true;  ///< measured at the culprit itself and at its own parent, at no others
};

/// What is left to search when a hunt ends on the way.
struct Left {
  std::string clean, leaking;              ///< history: the ends of the range that is left
  std::string clean_trial, leaking_trial;  ///< ids
  std::size_t units = 0;                   ///< that may still be the culprit
  std::size_t of = 0;                      ///< all there are
  std::string sentence;                    ///< "between A (clean, t4) and B (leaking, t7), ..."
};

/// A hunk that the answer names.
struct HunkRow {
  std::string unit;         ///< "FILE:FIRST-LAST"
  std::string description;  ///< one line for a person
  std::string text;         ///< as `git diff` writes it; from a repository, so never trusted
};

/// What the culprit commit's change shows upon the good end of the hunt.
struct Origin {
  enum class Kind {
    unknown,   ///< it cannot be put there, or could not be judged
    complete,  ///< it leaks there too
    enabling   ///< it does not: it lets out a leak that came in between
  };
  Kind kind = Kind::unknown;
  std::string trial;     ///< id
  std::string sentence;  ///< for a person, without a capital and a full stop
};

/// The search inside the culprit commit.
struct Drill {
  std::string commit;  ///< full sha
  DrillResult result = DrillResult::interrupted;
  std::string sentence;
  double confidence = 0;
  std::string strategy;
  std::size_t units = 0;             ///< hunks in the commit
  std::vector<CulpritRow> culprits;  ///< their units are hunks
  std::vector<HunkRow> hunks;        ///< all that the culprits name
  std::vector<std::pair<std::string, double>> ranking;
  std::vector<std::string> suspects;  ///< without culprits: one of these, by `confidence`
  /// Hunks of files that no server should contain, with the reason.
  std::vector<std::pair<std::string, std::string>> set_aside;
  Proof proof;
  std::string shown;  ///< by the proof: "on", "off", "both", "step" (upon other hunks); "": nothing
  double spent_s = 0, allowed_s = 0;  ///< builds included
  std::optional<Origin> origin;       ///< nothing: there was nothing to try, or no time
};

/// Another commit of the range that makes a culprit's change.
struct TwinRow {
  std::string unit;         ///< full sha
  std::string description;  ///< one line for a person
  std::string of;           ///< the culprit
  std::string why;          ///< "makes the same change", "was cherry-picked from it"
  bool is_older = false;    ///< it came first on the first-parent line
};

/// What fills up and then grows no more: no culprit, but it looked like one.
struct FillingRow {
  std::string unit;         ///< where it begins; empty: not told
  std::string description;  ///< one line for a person
  double bytes = 0;         ///< that it holds when it is full, as the metric counts
  double seconds = 0;       ///< until then, under the hunt's load
  Measure measure = Measure::bytes;
  std::string trial;     ///< id of the one that showed it
  double rate = 0;       ///< a request, until it is full
  bool is_open = false;  ///< it fills up or leaks: not told apart
};

/// One point of the search's progress, after a trial.
struct ProgressPoint {
  std::string trial;
  std::size_t suspects = 0;
  double top_probability = 0;
  std::string summary;
};

struct Model {
  HuntResult result = HuntResult::interrupted;
  bool running = true;
  std::string sentence;             ///< the answer in one sentence
  std::vector<std::string> advice;  ///< what to do next
  double confidence = 0;            ///< of the answer: of a history's credible units together
  double wanted_confidence = 0.99;
  std::string find = "leak";  ///< or "fix": what ended it
  std::string found_end;      ///< the good end that the hunt found by itself, and how; or nothing
  std::string kind;           ///< "commit", "component", "version"
  std::string strategy;
  std::uint64_t seed = 1;
  std::filesystem::path hunt_file;
  std::filesystem::path directory;  ///< DIR; trial files are below DIR/trials/ID/
  std::string known_leak;           ///< what became of the positive control; or nothing
  std::vector<CulpritRow> culprits;
  std::vector<std::pair<std::string, double>> ranking;
  double none_probability = 0;
  std::vector<trial::Record> trials;             ///< in the order they finished
  std::map<std::string, std::string> described;  ///< of a history: tested units, a line for each
  std::vector<ProgressPoint> progress;
  Proof proof;
  std::string may_fill;       ///< why what is proven may only fill up after all; or nothing
  std::optional<Left> left;   ///< nothing: the hunt has its answer, or its ends are not known
  std::vector<Drill> drills;  ///< one a culprit that is one commit, as they were found
  std::vector<TwinRow> twins;
  std::vector<FillingRow> fillings;
  std::optional<witness::Finding> witness;  ///< which line; nothing: nobody looked
  std::vector<std::string> warnings;
  double wall_seconds = 0;
  double budget_seconds = 0;
};

/// The row of that unit, or nullptr.
const CulpritRow* find_row(const std::vector<CulpritRow>& rows, std::string_view unit);
CulpritRow* find_row(std::vector<CulpritRow>& rows, std::string_view unit);
bool has_row(const std::vector<CulpritRow>& rows, std::string_view unit);

/// What all trials took together.
struct Spent {
  double server_s = 0, build_s = 0;
};
Spent spent_by(const Model& model);

struct CurveCache;

/// The object of DIR/report.json (design: version 1).
nlohmann::json to_json(const Model& model);

/// The same as the text of the file, newline at the end; bytes that are not UTF-8 are replaced.
std::string to_json_text(const Model& model);

/// The self-contained page. Reads the sample CSVs of the trials below model.directory (a missing or
/// torn one is left out). All text is escaped. `kept` saves reading them again for the next page.
std::string to_html(const Model& model);
std::string to_html(const Model& model, CurveCache& kept);

/// The closing lines of `leakbisect run`, for a person; the box at their end is `width` columns
/// wide at most.
std::string to_text(const Model& model, std::size_t width = 80);

/// The text of DIR/report.md, to be pasted into an issue or a pull request: names and sentences are
/// data, and neither become markup nor call for anybody.
std::string to_markdown(const Model& model);

}  // namespace leakbisect::report
