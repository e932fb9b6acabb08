#pragma once

// One run against the template: its increments, their covariance, and where they lie between the
// ends, by generalised least squares. The covariance is tridiagonal (neighbouring increments share
// a point) plus rank three (warm-up amplitude and pace, growth beyond the ends), so it costs O(k).

#include "stats/noise.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace leakbisect::stats {

struct Increment {
  double t_s = 0;        ///< when its later point was read
  double z = 0;          ///< run minus the middle of the ends, bytes
  double d = 0;          ///< what a unit of lambda adds, bytes
  double dx = 0;         ///< requests covered
  double amplitude = 0;  ///< increment of the clean template
  double pace = 0;       ///< increment of its derivative in log pace
  double beyond = 0;     ///< an sd of what the clean end may add after its curve ends, bytes
  bool follows = false;  ///< shares its first point with the increment before
};

/// Where some increments lie between the ends.
struct Placement {
  std::size_t k = 0;    ///< increments used
  double requests = 0;  ///< covered by them
  double lambda = 0.5;  ///< 0: the clean end, 1: the leaking end
  double variance = 0;  ///< of lambda from the run's own noise: phi / I; infinite without data
  double phi = 1;       ///< how much noisier than the controls the run is, at least 1
  /// Of the run's warm-up from the ends', in usual differences of two runs; 0 where that difference
  /// is small beside the leak.
  double warmup_off = 0;
  double run_to_run = 0;  ///< sd of lambda between two processes of one revision
};

/// Generalised least squares of z on the signal: see README.md, "placing".
Placement place(std::span<const Increment> increments, const Noise& noise);

/// How far a warm-up is from the expected one, in shares of its amplitude and of its pace.
struct WarmupShift {
  double amplitude = 0;
  double pace = 0;
};

/// Posterior mean of both, given that nothing else but noise is in z.
WarmupShift warmup_shift(std::span<const Increment> increments, const Noise& noise);

}  // namespace leakbisect::stats
