#pragma once

// The trials of a drill: choices of hunks, measured or only built, at a bounded cost. Remembers
// what each choice showed, repeats a trial that was lost, and does not wait longer for a server
// than the commit itself took.

#include "hunt/beyond/drill_cost.hpp"
#include "hunt/beyond/drill_ladder.hpp"
#include "hunt/ends/controls.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <vector>

namespace leakbisect::hunt {

/// What a choice of hunks showed.
struct HunkOutcome {
  HunkSet on;
  strategies::Outcome outcome;
  bool is_built = true;
};

class DrillTrials {
 public:
  /// All references outlive it.
  DrillTrials(HuntContext& context, const Controls& controls, const DrillCost& cost);

  /// Begins a trial of `on`; next() returns it.
  void begin(const HunkSet& on, const std::string& why, double min_s);
  /// The next one to end, with its choice; a lost one is begun again first. Nothing when halted.
  boost::asio::awaitable<std::optional<std::pair<HunkSet, trial::Record>>> next();
  /// A trial whose answer decides: on a clean build.
  boost::asio::awaitable<std::optional<trial::Record>> one(HunkSet on, std::string why,
                                                           double min_s);

  /// False when `on` is known not to build.
  [[nodiscard]] bool may_build(const HunkSet& on) const;
  /// What `on` showed, if that is known and it cannot be tested: it is not run again.
  [[nodiscard]] std::optional<strategies::Outcome> untestable(const HunkSet& on) const;
  /// Whether `on` builds; nothing when that is not to be had (halted, no build left to spend).
  boost::asio::awaitable<std::optional<bool>> builds(HunkSet on);
  /// Builds can tell what needs what.
  [[nodiscard]] bool has_builds() const;

  /// So many more trials fit into what the drill may cost.
  [[nodiscard]] bool allows(double trials) const { return cost_.allows(trials); }

  [[nodiscard]] const std::vector<HunkOutcome>& shown() const { return shown_; }
  [[nodiscard]] HuntContext& context() { return context_; }
  [[nodiscard]] const Controls& controls() const { return controls_; }

 private:
  struct Wanted {
    HunkSet on;
    std::string why;
    double min_s = 0;
    bool is_proof = false;  ///< on a clean build
    int lost = 0;
  };
  void begin(Wanted wanted);
  void note(const Wanted& wanted, const trial::Record& record);
  [[nodiscard]] std::optional<double> patience_s() const;

  HuntContext& context_;
  const Controls& controls_;
  const DrillCost& cost_;
  double ready_s_ = 0;  ///< what the hunt's servers took at most; 0: not known
  bool timed_out_ = false;
  int builds_left_;
  std::map<std::string, Wanted> running_;
  std::vector<HunkOutcome> shown_;
  std::map<HunkSet, bool> built_;
};

}  // namespace leakbisect::hunt
