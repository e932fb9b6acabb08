#pragma once

// How a trial of a commit may err: not only at the rates that were stated. The true rates may be
// a few times larger, some builds answer wrong however often they are tried, a leak may come in
// several steps, and slopes may rise while the search goes on. The belief is taken over all of
// these models at once; the trials themselves tell which of them is likely.

#include "strategies/strategy.hpp"

#include <vector>

namespace leakbisect::strategies {

struct NoiseModel {
  double factor = 1;  ///< the true error rates over the stated ones
  double liars = 0;   ///< share of the builds that always answer wrong; a part of those rates
  double parts = 0;   ///< share of the leaking trials that show a part of the leak's slope
  double rise = 0;    ///< every slope is raised by anything up to this share of the leak's
  double prior = 1;   ///< probability of this model
};

/// The models that go with stated rates; without noise there is one.
std::vector<NoiseModel> noise_models(const Noise& stated);

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

/// Of a measured outcome by an honest build. `leak` is the slope of the bad end, 0 when not known:
/// a log-likelihood ratio that is the slope's own is taken from the slope itself, which may also
/// show a part of the leak. Any other ratio counts where it agrees with the verdict: the model
/// multiplies the chance that it points the wrong way, 1 / (1 + e^|l|).
Likelihood likelihood(const Outcome& outcome, const Noise& stated, const NoiseModel& model,
                      double leak);

/// The same for a build of which nothing is known but that a share of `liars` exchanges answers.
Likelihood with_liars(const Likelihood& honest, double liars);

}  // namespace leakbisect::strategies
