#pragma once

// What goes wrong with trials, by kind; and what a hunt changes when it goes wrong three times in a
// row for one reason, instead of repeating it.

#include "trial/record.hpp"

#include <optional>
#include <set>
#include <string>
#include <utility>

namespace leakbisect::hunt {

class HuntContext;

/// Why a trial told nothing.
enum class Trouble {
  build,      ///< it was not built
  start,      ///< the server did not get ready
  answers,    ///< it answered otherwise than both ends
  crash,      ///< it ended under load
  load_late,  ///< it did not answer in time
  unclear,    ///< it was measured, and the curve decides nothing
};

/// Nothing of a trial that was decided, or cancelled.
std::optional<Trouble> trouble_of(const trial::Record& record);

/// True of a server that ended at its first requests: no lower rate would keep it up.
bool ended_at_once(const trial::Record& record);

/// The key of the hunt file to change, and how; `last` is a trial that had the trouble.
std::string trouble_advice(Trouble trouble, const trial::Record& last);

/// What the last trials of a search had in common, and what was changed for it.
class TroubleRow {
 public:
  /// True when the last three trials had this trouble; they are counted from there again.
  bool hear(std::optional<Trouble> trouble);
  /// True the first time that it is asked: nothing here helps against the trouble.
  bool is_news(Trouble trouble) { return told_.insert(trouble).second; }

  /// Times what starts are waited for otherwise.
  [[nodiscard]] double ready_factor() const { return ready_factor_; }
  void wait_twice_as_long() { ready_factor_ *= 2; }
  /// A start has taken all of its time.
  /// True the first time that it is asked: a rate that was lowered for a crash in vain is not
  /// lowered again.
  bool may_lower_for_crash() { return !std::exchange(lowered_for_crash_, true); }
  [[nodiscard]] bool waited_in_vain() const { return waited_in_vain_; }
  void note_vain_wait() { waited_in_vain_ = true; }

 private:
  std::optional<Trouble> trouble_;
  int length_ = 0;
  std::set<Trouble> told_;
  double ready_factor_ = 1;
  bool waited_in_vain_ = false;
  bool lowered_for_crash_ = false;
};

/// Seconds that a server may take to get ready; nothing: what the hunt file allows. Once one has
/// taken all of that, others get 20 times as long as any start of the hunt took (20 s at least):
/// of a hunt whose servers are up within a second, a version that never comes up costs 20 s, not
/// 60. More than the hunt file allows after three in a row that ran out of it.
std::optional<double> start_patience_s(const HuntContext& context);

/// Hears of a trial of the search. Three in a row that told nothing for one reason change what the
/// following do, with a warning: a load that is late, or (once) under which the server ends after
/// more than its first requests, is lowered where that is allowed; starts that take too long are
/// waited for twice as long, four times at most. What no change here helps against is said at once,
/// with the key to change; which configurations are asked for instead is the strategy's business.
void mind_trouble(HuntContext& context, const trial::Record& record);

}  // namespace leakbisect::hunt
