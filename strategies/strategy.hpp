#pragma once

// The contract of a search. A strategy decides which trials come next; it has no clock, no I/O and
// no unseeded randomness: it is a pure function of (search space, prior, seed, the ordered asks
// and tells). So resuming a hunt is replaying its journal, and trials that run side by side need no
// special case.
//
// The hunt calls ask() until it has filled its slots, tell() whenever a trial ends (in any order,
// also for trials nobody asked for, such as controls), and stops when answer() has one.

#include "strategies/search_space.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace leakbisect::strategies {

/// A trial the strategy wants, with its reason for the log.
struct Ask {
  Configuration configuration;
  std::string why;  ///< one short clause: "halves 12 suspects"
  double bits = 0;  ///< expected information, 0 where the strategy does not compute it
  /// Exactly the likely culprits are on, or off: run as long as a proof needs, it is one.
  bool confirms = false;
};

/// Expected seconds a trial of each unit; empty: all alike.
using Costs = std::vector<double>;

enum class OutcomeKind { measured, untestable, error, cancelled };
enum class Verdict { leaking, clean, undecided };

/// What a trial taught. Only `measured` is evidence about a leak. `untestable` is a fact about the
/// configuration (it does not build, does not start); `error` and `cancelled` are no evidence.
struct Outcome {
  OutcomeKind kind = OutcomeKind::measured;
  Verdict verdict = Verdict::undecided;
  double llr = 0;       ///< ln P(data | leaking) / P(data | clean)
  double slope = 0;     ///< bytes per request over the clean control
  double slope_se = 0;  ///< its standard error, 0 when only the verdict is known
  /// The part of slope_se that is assumed, of what two trials of one configuration differ by: the
  /// trials together may show that it is less.
  double slope_spread = 0;
  /// Toggles, all off: standard deviation of what the others may grow by beside their units, since
  /// this is another server than theirs.
  double base_spread = 0;
  double cost_s = 0;  ///< what the trial cost, build included
  double number = 0;  ///< trials of the hunt begun before it: slopes may drift with them
};

/// Shares of the assumed slope_spread that trials may really differ by, as likely at first.
inline constexpr std::array<double, 3> spread_shares{1, 0.4, 0.16};

/// Units that leak when on together (one unit: it leaks by itself).
struct Culprit {
  std::vector<UnitIndex> units;
  /// That it is one of its equivalents; by itself it may be less probable: see probabilities().
  double probability = 0;
  /// Units that it may also be, with the unit itself: those that trials cannot tell from it, and in
  /// a history the fewest others until they are as probable together as wanted.
  std::vector<UnitIndex> equivalents;
  double slope = 0;     ///< bytes per request, 0 when the strategy does not estimate it
  double slope_se = 0;  ///< its standard error
};

enum class AnswerKind { culprit, none, good_end_leaks, undecided };

struct Answer {
  AnswerKind kind = AnswerKind::undecided;
  std::vector<Culprit> culprits;  ///< most probable first; more than one: each leaks on its own
  double confidence = 0;          ///< probability that the whole answer is right
  std::string reason;             ///< why the search ended, for a person
  double spread_share = 1;        ///< of the outcomes' assumed slope_spread: what the trials showed
  double left = 0;  ///< bytes per request that the culprits do not explain, see part()
};

/// Units that a ranking names at most.
inline constexpr std::size_t longest_ranking = 10;

/// What is believed at this moment; always there, so that a night cut short has a ranked answer.
struct Belief {
  std::vector<std::pair<UnitIndex, double>>
      ranking;                  ///< most probable first, at most longest_ranking
  double none_probability = 0;  ///< nothing in the space leaks
  std::string summary;          ///< one line for the log and the live page
  std::size_t suspects = 0;     ///< units not yet cleared
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Called when slots are free: at most `n` more trials, given what was asked and not yet told,
  /// and what trials cost now. Returns fewer, or none, when it must wait for pending trials or has
  /// its answer.
  virtual std::vector<Ask> ask(std::size_t n, const Costs& costs) = 0;
  /// The same where all trials cost alike.
  std::vector<Ask> ask(std::size_t n) { return ask(n, {}); }

  /// Called when a trial of `configuration` ends, asked for or not. Settles one pending ask of that
  /// configuration, if there is one; after `error` or `cancelled` it may be asked for again.
  virtual void tell(const Configuration& configuration, const Outcome& outcome) = 0;

  /// The final answer, once there is one. Stays the same from then on.
  [[nodiscard]] virtual std::optional<Answer> answer() const = 0;

  /// Culprits that are as sure as wanted by themselves, while what else leaks is not told yet: an
  /// answer that can be proven before the search goes on. Nothing where there are none, or where
  /// the strategy does not know slopes.
  [[nodiscard]] virtual std::optional<Answer> part() const { return std::nullopt; }

  /// The belief right now. Cheap; called after every trial.
  [[nodiscard]] virtual Belief belief() const = 0;

  /// How probable each unit is the culprit, also those that belief() does not rank; takes in what
  /// is told after the answer. Empty where nobody can say. Called when the search has ended.
  [[nodiscard]] virtual std::vector<double> probabilities() const { return {}; }
};

/// One row of the table of strategies.
struct StrategyInfo {
  std::string name;
  std::string summary;        ///< one line for `leakbisect strategies`
  std::vector<Shape> shapes;  ///< the shapes it can search
  bool parallel = false;      ///< asks for several trials at once when slots are free
  /// The space outlives the strategy. The prior is mostly that of the space; a search of a part of
  /// it has another.
  std::function<std::unique_ptr<Strategy>(const SearchSpace&, const Prior&, std::uint64_t seed)>
      make;
};

/// Every strategy there is, in the order of the help.
std::span<const StrategyInfo> strategies();

/// The strategy that "auto" stands for.
const StrategyInfo& default_strategy(const SearchSpace& space);

/// The row called `name`, or nullptr. "repeat:R" and "repeat:R:NAME" are rows made on demand, which
/// stay.
const StrategyInfo* find_strategy(std::string_view name);

}  // namespace leakbisect::strategies
