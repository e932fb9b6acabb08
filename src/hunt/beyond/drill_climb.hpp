#pragma once

// One search on the ladder of a commit's hunks: which rung is the first with the effect? A rung
// whose build fails is asked, by builds alone, what it lacks; the ladder is then set up anew with
// that below it, and what is known already is told again.

#include "hunt/ahead/foresight.hpp"
#include "hunt/beyond/drill_trials.hpp"
#include "strategies/strategy.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>

namespace leakbisect::hunt {

/// What a search on a ladder is about.
struct ClimbPlan {
  HunkSet base;               ///< on throughout
  HunkSet among;              ///< with all of these on as well it has the effect
  HunkSet last;               ///< of `among`: unlikely to be it
  bool backwards = false;     ///< the order of the hunks
  bool base_is_known = true;  ///< with the base alone it has no effect
  double weight = 1;  ///< how probable it is that the culprit is in `among`; 0: it is another
};

struct ClimbResult {
  Ladder ladder;
  strategies::Answer answer;                         ///< its units are rungs
  strategies::UnitIndex rung = strategies::no_unit;  ///< the likeliest of a culprit's
  std::vector<strategies::UnitIndex> same;           ///< rungs that trials cannot tell from it
  HunkSet units;                                     ///< the hunks of all of those
};

class Climb {
 public:
  /// All references outlive it. `needs` gets those that builds show.
  Climb(DrillTrials& trials, const std::vector<units::Part>& parts, HunkNeeds& needs,
        std::uint64_t seed)
      : trials_(trials), parts_(parts), needs_(needs), seed_(seed) {}

  /// Nothing when halted, or when the search cost what it may.
  boost::asio::awaitable<std::optional<ClimbResult>> run(ClimbPlan plan);

  /// Called when the strategy of a search has been told of a trial.
  std::function<void(const ClimbPlan&, const Ladder&, const strategies::Strategy&)> on_told;

 private:
  enum class End { answered, shorter, halted };
  boost::asio::awaitable<End> search(const ClimbPlan& plan, const Ladder& ladder);
  boost::asio::awaitable<void> drain();
  std::optional<strategies::UnitIndex> ask(const Ladder& ladder);
  void tell_known(const Ladder& ladder, const ClimbPlan& plan);
  void tell(strategies::UnitIndex rung, const strategies::Outcome& outcome);
  strategies::UnitIndex take_running(const HunkSet& on);
  void look_ahead();
  void set_up(const Ladder& ladder);
  boost::asio::awaitable<bool> learn(const Ladder& ladder, strategies::UnitIndex rung);
  boost::asio::awaitable<std::optional<std::int64_t>> first_that(const Ladder& ladder,
                                                                 std::int64_t low,
                                                                 std::int64_t high, bool builds);

  DrillTrials& trials_;
  const std::vector<units::Part>& parts_;
  HunkNeeds& needs_;
  std::uint64_t seed_;
  std::unique_ptr<strategies::Strategy> strategy_;
  std::unique_ptr<Foresight> foresight_;
  std::vector<StrategyEvent> events_;
  std::multimap<HunkSet, strategies::UnitIndex> running_;
  std::map<strategies::UnitIndex, int> untestable_;
};

/// Trials that a search leaves to the proof: one side of it is enough.
inline constexpr double left_for_proof = trials_a_proof;

/// The rehearsal of a search on `ladder`.
Rehearsal rehearsal_on(const Ladder& ladder, std::uint64_t seed);

}  // namespace leakbisect::hunt
