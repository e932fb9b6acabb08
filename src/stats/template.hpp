#pragma once

// The two ends for one way of reading one metric: their curves, the effect between them, the noise.
// Sources of the formulae and the constants: README.md, "Calibration" and "A run".

#include "stats/curve.hpp"
#include "stats/decision.hpp"
#include "stats/increments.hpp"
#include "stats/noise.hpp"

#include <optional>
#include <vector>

namespace leakbisect::stats {

/// How runs are read and looked at.
struct Method {
  Reading reading;
  double warmup_s = 5;  ///< dropped from the start of each generation
  double look_s = 2;    ///< time between looks
  bool brief = false;   ///< shorter bins and warm-up than the standard: needs quiet controls
};

struct Template {
  Method method;
  Curve clean;
  Curve leaking;
  double delta = 0;  ///< slope of leaking over clean, bytes per request
  double delta_se = 0;
  Noise noise;
  double length_s = 0;   ///< of the shorter control
  double beyond = 0;     ///< what is added to both curves' slopes after their ends ...
  double beyond_se = 0;  ///< ... and the sd of that, bytes per request
  double from = 0;       ///< of the leak: what lambda 0 grows by over the clean end
  double share = 1;      ///< of the leak: what lambda 1 grows by over lambda 0

  /// Middle of lambda 0 and 1.
  [[nodiscard]] double middle(double x) const {
    const double leaks = share + 2 * from;
    return ((2 - leaks) * clean.at(x) + leaks * leaking.at(x)) / 2 + beyond * after_ends(x);
  }
  /// How far x lies after the ends of the two curves, in the mean, in requests.
  [[nodiscard]] double after_ends(double x) const {
    return (std::max(0.0, x - clean.last_x()) + std::max(0.0, x - leaking.last_x())) / 2;
  }
  /// A lambda in shares of the whole leak, over the clean end.
  [[nodiscard]] double place(double lambda) const { return from + share * lambda; }
  /// What a run there grows by over the clean end, bytes per request.
  [[nodiscard]] double slope_at(double lambda) const { return (from / share + lambda) * delta; }
  /// Growth of the clean end without the leak, and its derivative in log pace: what a warm-up of
  /// another amplitude or pace changes.
  [[nodiscard]] double growth(double x) const { return middle(x) - delta * x / 2; }
  [[nodiscard]] double pace(double x) const { return (growth(1.1 * x) - growth(0.9 * x)) / 0.2; }
  /// The same between two parts of the leak: see Ends::between.
  [[nodiscard]] Template between(double low, double high, double spread) const;
  /// Increments of a run against this template, warm-up and restarts left out.
  [[nodiscard]] std::vector<Increment> increments(const Series& run) const;
};

/// Calibrates one method; nothing when the runs are too short for it or the leaking end does not
/// grow faster than the clean one.
std::optional<Template> fit(const std::vector<Series>& clean, const std::vector<Series>& leaking,
                            const Method& method);

/// How fast each run grows over those without the leak, bytes per request: placed between the two
/// curves that all of them make. First those without it, then those with it; one that cannot be
/// placed has no finite error. Empty where fit() says nothing.
std::vector<RunSlope> slopes_between(const std::vector<Series>& without,
                                     const std::vector<Series>& with, const Method& method);

}  // namespace leakbisect::stats
