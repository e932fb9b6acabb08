#pragma once

// How a trial of a commit may err: not only at the rates that were stated. The true rates may be
// a few times larger, some builds answer wrong however often they are tried, a leak may come in
// several steps, slopes may rise while the search goes on, and the leak is not exactly as large as
// the bad end showed. The belief is taken over all of these models at once; the trials themselves
// tell which of them is likely.

#include "strategies/strategy.hpp"

#include <vector>

namespace leakbisect::strategies {

inline constexpr double least_error = 1e-6;  ///< that a trial may have
inline constexpr double widest = 1.5;  ///< standard errors from the leak shown to its true size

struct NoiseModel {
  double factor = 1;  ///< the true error rates over the stated ones
  double liars = 0;   ///< share of the builds that always answer wrong; a part of those rates
  double parts = 0;   ///< share of the leaking trials that show a part of the leak's slope
  double drift = 0;   ///< every slope rises by this share of the leak's with every trial
  double leak = 0;    ///< the true slope of the bad end; 0 when no trial reports slopes
  double prior = 1;   ///< probability of this model
  double spread = 1;  ///< of the outcomes' assumed slope_spread: what trials really differ by
  double level = 0;   ///< of the leak: half of the parts show this one; 0: they show any
};

/// What all trials of the bad end showed of the leak; 0 when none reported a slope.
struct ShownLeak {
  double slope = 0;
  double se = 0;
  double trial_se = 0;      ///< standard error of a usual trial's slope
  bool has_spread = false;  ///< some outcome assumes a part of its error
};

/// The models that go with stated rates; without noise there is one.
std::vector<NoiseModel> noise_models(const Noise& stated);

/// The same models, each with every size that the leak may have after what the bad end showed. It
/// may be any size, as likely one between 1 and 2 as one between 2 and 4; or about the size at
/// which a verdict by a slope of the usual error errs at the stated rates. What the trials of the
/// bad end say of it is for `likelihood`. Where a part of the slopes' errors is assumed, trials
/// differ by all of that, or by less, as likely at first.
std::vector<NoiseModel> with_sizes(const std::vector<NoiseModel>& models, const ShownLeak& shown,
                                   const Noise& stated);

/// The larger of the two rates.
double worst_rate(const Noise& noise);

/// The rates of `stated` under a factor; together they stay below 1.
Noise rates_under(const Noise& stated, double factor);

/// ln P(outcome | the commit leaks) and ln P(outcome | it does not), up to a common term that no
/// model changes.
struct Likelihood {
  double leaking = 0;
  double clean = 0;

  void add(const Likelihood& other) {
    leaking += other.leaking;
    clean += other.clean;
  }
};

/// Which commit was tried: the bad end shows the whole leak, by the meaning of the word.
enum class Tried { any, bad_end };

/// Of a measured outcome by an honest build. A log-likelihood ratio that is the slope's own,
/// against a leak of a size that the bad end allows, is taken from the slope itself, which may also
/// show a part of the leak. Any other ratio counts where it agrees with the verdict: the model
/// multiplies the chance that it points the wrong way, 1 / (1 + e^|l|).
Likelihood likelihood(const Outcome& outcome, const Noise& stated, const NoiseModel& model,
                      const ShownLeak& shown, Tried tried);

}  // namespace leakbisect::strategies
