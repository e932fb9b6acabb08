#pragma once

// The story on stderr: one live line per running trial, a line per finished one. Plain lines when
// not a terminal; NO_COLOR is honoured. Text from repositories and servers is stripped of control
// bytes.

#include "stats/decision.hpp"
#include "trial/record.hpp"

#include <memory>
#include <string>

namespace leakbisect::report {

/// What a running trial is doing now.
struct Progress {
  std::string id;
  std::string label;   ///< unit or commit
  std::string step;    ///< "applying", "building", "starting", "measuring", "stopping"
  double seconds = 0;  ///< since the trial began
  double requests = 0;
  stats::Decision decision;  ///< so far
};

class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual void note(const std::string& line) = 0;  ///< a line of the story
  virtual void warn(const std::string& line) = 0;
  virtual void progress(const Progress& progress) = 0;  ///< redraws that trial's live line
  virtual void finished(const trial::Record& record, double eta_s) = 0;  ///< eta < 0: unknown
  virtual void close() = 0;  ///< clears live lines; called before findings
};

enum class Style { automatic, plain, quiet };
std::unique_ptr<Terminal> make_terminal(Style style);

/// `text` without escape sequences, control bytes and line breaks, cut to `width` columns (0:
/// uncut).
std::string printable(std::string_view text, std::size_t width = 0);

}  // namespace leakbisect::report
