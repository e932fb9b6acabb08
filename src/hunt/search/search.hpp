#pragma once

// The loop of a search: ask the strategy, run its trials, tell it what they showed, until it has an
// answer. The commits of a hunt and the hunks of a commit are searched by the same loop. Knows
// nothing of reports. Of proofs it knows how long they take: a trial that the strategy means as one
// runs as long.

#include "hunt/ahead/foresight.hpp"
#include "hunt/ends/controls.hpp"
#include "strategies/strategy.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <optional>

namespace leakbisect::hunt {

class Search {
 public:
  /// All references outlive it. Its trials carry `purpose`. `rehearsal` holds the same strategy
  /// anew, so that builds can be made ahead; without it none are.
  Search(HuntContext& context, const Controls& controls, strategies::Strategy& strategy,
         trial::Purpose purpose, std::optional<Rehearsal> rehearsal)
      : context_(context), controls_(controls), strategy_(strategy), purpose_(purpose) {
    if (rehearsal && context.ahead() != nullptr && context.ahead()->is_making())
      foresight_.emplace(context.trials.io(), std::move(*rehearsal),
                         [&context](const auto& wanted) { context.want(wanted); });
  }

  /// Tells the strategy what is known of the ends: the effect is at the bad one only. A search of
  /// toggles between curves stops at parts then.
  enum class Ends { both, bad };
  void tell_ends(Ends known = Ends::both);

  /// Tells the strategy what ran beside the ends (side_by_side.hpp).
  void tell_beside();

  /// Tells the strategy what another search of the same space has learnt.
  void tell_all_of(const Search& other);

  /// Tells the strategy what is known of a configuration, before the search or by a trial of it:
  /// whether the effect is there (polarity.hpp).
  void tell_known(const strategies::Configuration& configuration,
                  const strategies::Outcome& outcome);

  /// Tells the strategy of a trial, its own or one of an earlier search of the same space.
  void tell(const trial::Record& record);

  /// Searches to the answer. Nothing when halted before; an answer that the strategy does not have
  /// is `undecided`. Can be run again after a part of it (see stops_at_part).
  boost::asio::awaitable<std::optional<strategies::Answer>> run();
  /// The answer of run() was a part (strategies::Strategy::part).
  [[nodiscard]] bool is_at_part() const { return is_at_part_; }

  /// Stops at a part of the answer that has been sure for some trials, once those that run have
  /// ended, so that it can be proven.
  bool stops_at_part = false;
  /// Asked before each trial: true ends the search without an answer.
  std::function<bool()> is_enough;

  /// Each ask weighs what a trial would cost now (build_ahead.hpp).
  bool weighs_builds = false;
  /// Called when the strategy has been told of a trial.
  std::function<void(const trial::Record&)> on_told;

 private:
  void look_ahead();
  void ask();
  void look_at_part();
  [[nodiscard]] std::optional<strategies::Answer> due_part() const;
  boost::asio::awaitable<std::optional<strategies::Answer>> settle_part();
  boost::asio::awaitable<void> drain();

  HuntContext& context_;
  const Controls& controls_;
  strategies::Strategy& strategy_;
  trial::Purpose purpose_;
  std::optional<Foresight> foresight_;
  std::vector<StrategyEvent> events_;
  std::vector<strategies::Configuration> running_;
  strategies::Outcome typical_;  ///< the last outcome that showed the effect
  std::map<strategies::Configuration, int> errors_;
  std::map<strategies::Configuration, int> untestable_;
  bool goes_round_ = false;  ///< it only repeats what cannot be tested
  std::optional<strategies::Answer> part_;
  /// For how many trials a culprit of it has been sure.
  std::map<std::vector<strategies::UnitIndex>, int> sure_for_;
  bool is_at_part_ = false;
};

/// Configurations that a search begins with when its ends are apart.
std::vector<strategies::Configuration> first_asks(const Rehearsal& rehearsal,
                                                  Search::Ends known = Search::Ends::both);

/// Beyond so many units nothing is foreseen: hearing all of a search again would keep the running
/// trials waiting.
inline constexpr std::size_t most_foreseen_units = 20'000;

/// The rehearsal of a search of `space` that ends in a proof; nothing where it would take too long.
/// `space` and `info` outlive it.
std::optional<Rehearsal> proven_rehearsal(const strategies::SearchSpace& space,
                                          const strategies::Prior& prior,
                                          const strategies::StrategyInfo& info, std::uint64_t seed);

}  // namespace leakbisect::hunt
