#pragma once

// How the trials of a hunt are judged, once its ends are told apart: what to run for a
// configuration, what a finished trial says when the ends have moved, how long a proof takes, and
// how all that is told. One interface; a file a kind (judge_<kind>.cpp). Controls hold the judge
// that they were measured for: whoever asks for trials, reads them or proves an answer asks it, and
// does not know which it is. Knows nothing of strategies' insides.

#include "stats/decision.hpp"
#include "stats/window.hpp"
#include "strategies/strategy.hpp"
#include "trial/trial.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leakbisect::report {
struct Model;
}

namespace leakbisect::hunt {

struct Controls;
class HuntContext;
struct Step;

/// A trial that is asked for.
struct WantedTrial {
  trial::Purpose purpose = trial::Purpose::search;
  strategies::Configuration configuration;
  std::string why;
  double min_s = 0;  ///< of load, before a verdict; 0: as soon as it can
};

/// What a proof wants to see in the trials of one configuration: `wanted`, in this step of the
/// leak. `spread`: sd of lambda between two processes, in shares of the leak.
struct ToShow {
  const Controls& controls;
  const Step& step;
  double spread = 0;
  stats::Verdict wanted = stats::Verdict::undecided;
};

/// Trials of a proof, and the seconds that each is loaded.
struct ProofCost {
  double trials = 2;
  double seconds = 0;
};

/// What the ends' own trials said, as evidence.
using EndAnswers = std::vector<std::pair<strategies::Configuration, strategies::Outcome>>;

class Judge {
 public:
  Judge() = default;
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;
  virtual ~Judge() = default;

  /// Its row in the table (judges.hpp).
  [[nodiscard]] virtual std::string_view kind() const = 0;

  /// What to run between the ends of `controls`, and the rule that ends it.
  [[nodiscard]] virtual trial::Plan plan_of(const HuntContext& context, const Controls& controls,
                                            WantedTrial wanted) const = 0;

  /// What a finished trial says between the ends of `controls`, which may be others than those it
  /// ran between. Nothing where that cannot be said any more. By default by its slope.
  [[nodiscard]] virtual std::optional<stats::Decision> again(const HuntContext& context,
                                                             const Controls& controls,
                                                             const trial::Record& record) const;

  /// Proves the answer of a search and concludes that in `model`. Returns what the culprit makes of
  /// the leak; nothing when halted on the way, for an answer without its proof is none yet. By
  /// default by what the answer claims (proof.hpp).
  virtual boost::asio::awaitable<std::optional<Step>> prove(HuntContext& context,
                                                            const Controls& controls,
                                                            const strategies::Answer& answer,
                                                            report::Model& model) const;

  /// Whether these trials of one configuration, run one after another, show what a proof wants;
  /// nothing: another one has to tell. By default one of two does.
  [[nodiscard]] virtual std::optional<bool> shows(const HuntContext& context, const ToShow& claim,
                                                  const std::vector<trial::Record>& runs) const;
  /// Errs oftener than once in a hundred: what a proof has shown is evidence like any other.
  [[nodiscard]] virtual bool errs_often() const { return false; }

  /// What several trials of one configuration say together. By default their odds multiply.
  [[nodiscard]] virtual stats::Decision together(const std::vector<stats::Decision>& runs,
                                                 const stats::Options& options) const;

  /// Seconds that a trial of a proof is loaded at least; 0: as long as any.
  [[nodiscard]] virtual double proof_length_s() const { return 0; }
  /// What a proof takes as a rule, to be foreseen.
  [[nodiscard]] virtual ProofCost proof_cost() const { return {2, proof_length_s()}; }

  /// How far apart the ends are, for the log; empty where there is nothing to say.
  [[nodiscard]] virtual std::string words(const Controls& controls) const;

  /// The judge of a part of the leak, from `low` to `high` in shares of it. `spread`: sd of lambda
  /// between two processes, in shares of the whole leak. Nothing: this one.
  [[nodiscard]] virtual std::shared_ptr<const Judge> of_part(double low, double high,
                                                             double spread) const;

  /// A trial has a place between the ends: parts of a leak are told apart, and proven.
  [[nodiscard]] virtual bool tells_parts() const { return false; }
  /// Sd of that place between two processes of one revision, as it is assumed; 0 where none is.
  [[nodiscard]] virtual double run_to_run() const { return 0; }

  /// What the ends are told apart by; nothing where no memory is read.
  [[nodiscard]] virtual std::optional<Metric> metric() const;

  /// The two curves that a trial's is laid between; nothing where trials are not judged so.
  [[nodiscard]] virtual std::shared_ptr<const stats::Ends> curves() const { return nullptr; }

  /// What the ends' trials said, where that is evidence like any other. Empty: the ends are sure.
  [[nodiscard]] virtual const EndAnswers& end_answers() const;

 protected:
  /// What shows() says of the last of `runs`, where so many trials are allowed.
  static std::optional<bool> last_shows(const ToShow& claim, const std::vector<trial::Record>& runs,
                                        std::size_t allowed);
  /// By how much the ends differ, and what grows beside it.
  static std::string leak_words(const Controls& controls);
  /// The plan of a trial in a process of its own, without a rule: what all of those share.
  static trial::Plan begun_plan(const HuntContext& context, const Controls& controls,
                                WantedTrial wanted);
};

/// A trial is a curve, and its place between those of the ends is told as early as it can be.
std::shared_ptr<const Judge> judge_by_curves(std::shared_ptr<const stats::Ends> ends);

/// A trial is a window of one standing server, between idle and the whole load.
std::shared_ptr<const Judge> judge_by_windows(const stats::WindowEnds& ends);

/// A trial leaks when it dies at its cap of memory, as the bad end did after so many requests.
std::shared_ptr<const Judge> judge_by_survival(double fatal_requests);

/// A trial says itself whether it leaks: an oracle. `answers`: of the ends.
std::shared_ptr<const Judge> judge_by_answers(EndAnswers answers = {});

}  // namespace leakbisect::hunt
