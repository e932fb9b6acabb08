#pragma once

// The verdict on a memory curve: template between the two ends, sequential, three answers.
// Procedure and constants: shared with the field notes in src/stats/README.md. Pure functions and
// one state machine; no clock, no I/O. One number a process start enters the search: lambda.

#include "stats/points.hpp"
#include "stats/series.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::stats {

enum class Verdict { leaking, clean, undecided };
std::string_view verdict_name(Verdict verdict);

/// What a curve looks like, whatever the verdict.
enum class Kind {
  unclear,
  flat,  ///< does not grow by what counts
  steady,
  plateau,  ///< grows ever less: fills up like a cache
  part      ///< surely between the ends: a part of the leak
};
std::string_view kind_name(Kind kind);

/// What is known of one curve at one moment.
struct Decision {
  Verdict verdict = Verdict::undecided;
  bool final = false;  ///< no later look can change it: the trial may stop now
  double lambda = 0;   ///< 0: grows as the clean end does; 1: as the leaking end (NaN without ends)
  double se = 0;       ///< its standard error (NaN without ends)
  double llr = 0;      ///< ln P(curve | leaking) / P(curve | clean)
  double slope = 0;    ///< bytes per request over the clean end (without ends: of the curve itself)
  double slope_se = 0;  ///< its standard error
  /// The part of slope_se that two processes of one configuration are taken to differ by: assumed,
  /// until each end has been run twice.
  double slope_spread = 0;
  Metric metric = Metric::anon;
  std::optional<Metric>
      beside;  ///< a second metric that lambda is of as well; slope is of the first
  double decided_at_s = 0;
  double decided_at_requests = 0;
  std::string reason;  ///< one sentence for a person
  Kind kind = Kind::unclear;
};

/// "anon", or "anon+heap_used" where two metrics were used together.
std::string metrics_used(const Decision& decision);

struct Options {
  double alpha = 0.01;           ///< boundary: |llr| >= ln((1 - alpha) / alpha)
  double t_max_s = 60;           ///< a curve is undecided when it is this old
  double warmup_s = 5;           ///< dropped from the start of every process generation
  double filled_s = 0;           ///< and at least this much, in which something is known to fill up
  std::optional<Metric> metric;  ///< forced by the user; nothing: choose from the ends
  /// To choose from; empty: from what the processes hold, or from what there is.
  std::vector<Metric> among{};
  std::optional<double>
      smallest_slope;       ///< per request that counts as a leak, as the metric counts
  bool per_second = false;  ///< requests are unknown: the regressor is time
};

/// How fast one process grew.
struct RunSlope {
  double slope = 0;   ///< bytes per request over the clean end
  double se = 0;      ///< of its own noise, without what two processes differ by
  bool with = false;  ///< the leak was in it
};

/// The two ends, calibrated. Made once from the controls; shared by every trial.
class Ends {
 public:
  /// Calibrates from one or more runs of each end. Fails, with advice, when no metric can tell them
  /// apart: the leaking end does not grow faster, or the noise is too large for t_max_s.
  static Result<std::shared_ptr<const Ends>> calibrate(std::vector<Series> clean,
                                                       std::vector<Series> leaking,
                                                       const Options& options);
  virtual ~Ends() = default;

  [[nodiscard]] virtual Metric metric() const = 0;
  /// Slope of the leaking end over the clean end, bytes per request, and its standard error.
  [[nodiscard]] virtual double delta() const = 0;
  [[nodiscard]] virtual double delta_se() const = 0;
  /// What the clean end itself grows by in the last half of its control, bytes per request.
  [[nodiscard]] virtual double base() const { return 0; }
  /// The metric, read as their curves are.
  [[nodiscard]] virtual Reading reading() const;
  /// Seconds at which these two controls themselves could be told apart.
  [[nodiscard]] virtual double separated_at_s() const = 0;
  /// Age at which a trial that is still undecided should end: where a run three times as noisy as
  /// the controls would be told, at least 10 s.
  [[nodiscard]] virtual double limit_s() const = 0;
  /// Sd of lambda between two processes of one revision: 0.12 until each end has been run twice.
  [[nodiscard]] virtual double run_to_run() const = 0;
  /// Seconds between two looks at a run: short where the ends are quiet and far apart.
  [[nodiscard]] virtual double look_interval_s() const = 0;
  /// Ends that leak `low` and `high` of the whole, 0 <= low < high: judges which of them a run is
  /// nearer to. Lambda and slope stay those of the whole leak. `spread`: sd of lambda between two
  /// processes, as the trials have shown it.
  [[nodiscard]] virtual std::shared_ptr<const Ends> between(double low, double high,
                                                            double spread) const = 0;
  /// How fast these runs grow over those without the leak, by the curves that all of them make, in
  /// the order they are given: the ends' own curves, which may be short, are only two of them.
  /// Empty where they cannot be read as the ends are.
  [[nodiscard]] virtual std::vector<RunSlope> slopes_of(const std::vector<Series>& without,
                                                        const std::vector<Series>& with) const;
  /// Places a curve between the ends, as far as it has been recorded. Stateless.
  [[nodiscard]] virtual Decision judge(const Series& run) const = 0;
  /// The same for a run that is followed up to another age than the calibration's t_max_s.
  [[nodiscard]] virtual Decision judge(const Series& run, double t_max_s) const = 0;
};

/// A decision of which a part of the requests tells nothing: an independent error of sd `sd` is
/// added to lambda, and in proportion to the slope; llr falls as the variance grows. A verdict is
/// undecided, with `why`, when less than half of the evidence of one is left. Without a place
/// between ends, `untold` (the share of such requests) adds 0.5 untold / (1 - untold) of the slope
/// to its error, and "clean" is undecided when it is above a tenth.
Decision widened(Decision decision, double sd, double untold, const std::string& why);

/// Several process starts of one configuration taken together: lambda weighted by what each run's
/// own noise allows, the difference between processes added once a start; the boundary of one run.
/// Runs without a place between the ends are left out; the verdict is undecided when none has one.
Decision pooled(std::span<const Decision> runs, const Ends& ends, const Options& options);

/// Shares of wrong verdicts that a search may assume of a trial that was decided.
struct ErrorRates {
  double false_positive = 0;  ///< clean, called leaking
  double false_negative = 0;  ///< leaking, called clean
};
/// Above the upper 95 % Wilson bounds of what `leakbisect-bench measure` counted on made-up
/// servers; see README.md, "Figures". Controls that mislead are wrong in every trial: verify with
/// fresh ones.
ErrorRates assumed_error();

/// Follows one trial while it runs: call look() as often as you like with the whole series so far;
/// looks nearer to each other than ends->look_interval_s() repeat the last answer.
/// A verdict needs the same answer at two consecutive looks; at the end of the time, where no other
/// follows, it needs half of a verdict's evidence at the look before.
class Sequential {
 public:
  explicit Sequential(std::shared_ptr<const Ends> ends, Options options);
  Decision look(const Series& so_far);

 private:
  std::shared_ptr<const Ends> ends_;
  Options options_;
  std::optional<Decision> last_;
  Verdict previous_ = Verdict::undecided;  // what the last look would have said by itself
  double looked_at_s_ = -1;
};

/// Replays a recorded curve through Sequential, as if it were live.
Decision replay(const Series& run, const std::shared_ptr<const Ends>& ends, const Options& options);

/// Does this curve leak at all, with no ends to compare with? MSER-5 truncation, then the slope of
/// batch means with an honest interval (field figures: right 4 times in 5 at 60 s, so it says
/// undecided readily). `options.smallest_slope` is the smallest slope that counts; without it the
/// curve is clean below the smallest leak of the metric's measure (256 bytes a request or a second;
/// base/metrics.cpp), leaking above a quarter of it and half the detection limit. Never leaking
/// before 60 s (or t_max_s): caches fill until then. `final`: a longer run would add nothing.
Decision judge_alone(const Series& run, const Options& options);

/// Options by which judge_alone() calls steady growth leaking though it is too little to count by
/// itself (above a 16th of the smallest leak of the metric's measure, 16 bytes a
/// request; the smallest block of glibc's malloc takes 32): growth that may be told from another
/// end's. Where the user said which slope counts, the same options.
Options heeding_little(Options options);

struct Separation {
  bool separated = false;
  double predicted_se = 0;  ///< of lambda, for a run as long as these
  std::string reason;
};
/// Can these two runs be told apart already? Called while the second control runs.
Separation separation(const Series& clean, const Series& leaking, const Options& options);

}  // namespace leakbisect::stats
