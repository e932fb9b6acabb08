#pragma once

// The story on stderr: one live line per running trial, a line per finished one. Plain lines when
// not a terminal; NO_COLOR is honoured. Text from repositories and servers is stripped of control
// bytes.

#include "stats/decision.hpp"
#include "trial/record.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace leakbisect::report {

/// What a running trial is doing now.
struct Progress {
  std::string id;
  std::string label;   ///< unit or commit
  std::string step;    ///< "applying", "building", "starting", "measuring", "stopping"
  double seconds = 0;  ///< since the trial began
  double requests = 0;
  stats::Decision decision;  ///< so far
  std::string build{};       ///< while it builds: "clean", "incremental"
  std::string phase{};       ///< of the hunt: "controls", "search", "proof"
};

/// Where a hunt stands, as it was told last.
struct HuntState {
  std::size_t trials = 0;    ///< that have ended
  std::size_t suspects = 0;  ///< 0: not known yet
  std::string best;          ///< the likeliest of them; empty: not known yet
  double best_probability = 0;
  double spent_s = 0;
  double budget_s = 0;
  double eta_s = -1;  ///< to the end; below 0: not known yet
};

class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual void note(const std::string& line) = 0;  ///< a line of the story
  virtual void warn(const std::string& line) = 0;
  virtual void progress(const Progress& progress) = 0;  ///< redraws that trial's live line
  virtual void finished(const trial::Record& record, double eta_s) = 0;  ///< eta < 0: unknown
  virtual void state(const HuntState&) {}  ///< redraws the line of the whole hunt, where it has one
  virtual void close() = 0;                ///< clears live lines; called before findings
};

/// automatic: live lines on a terminal, else plain ones. quiet: warnings only.
enum class Style { automatic, plain, quiet };

/// Writes to the open descriptor `fd`, stderr unless told. Live lines need a terminal that can move
/// its cursor; colours also that NO_COLOR is unset or empty. On a plain output a running trial says
/// where it stands when its build begins, and every ten seconds of its own time, so short trials
/// without a build say nothing.
std::unique_ptr<Terminal> make_terminal(Style style, int fd = 2);

/// `text` without escape sequences, control bytes and line breaks, cut to `width` columns (0:
/// uncut).
std::string printable(std::string_view text, std::size_t width = 0);

/// Bytes of printable text that fit into `width` columns; at least one code point.
std::size_t fitting(std::string_view text, std::size_t width);

/// Printable text of at most `width` columns: what does not fit goes from its middle, since names
/// differ at their ends.
std::string shortened(std::string_view text, std::size_t width);

/// Columns that printable text takes on a terminal: wide characters take two.
std::size_t columns_of(std::string_view text);

}  // namespace leakbisect::report
