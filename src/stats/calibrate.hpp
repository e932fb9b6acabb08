#pragma once

// Which metric, read how, tells the two controls apart first. Tries the standard method on every
// metric that both ends have, and shorter bins and warm-ups where the controls are quiet.

#include "stats/judge.hpp"
#include "stats/template.hpp"

#include <optional>
#include <vector>

namespace leakbisect::stats {

struct Controls {
  std::vector<Series> clean;
  std::vector<Series> leaking;
};

/// A second metric that is placed together with the first.
struct Second {
  Template ends;
  double correlation = 0;  ///< of its noise with the first one's
};

/// The increments of a run by the first metric, and by the second.
struct RunIncrements {
  std::vector<Increment> first;
  std::vector<Increment> second;
};

/// A template, and how well its own controls are told apart by it.
struct Fitted {
  Template ends;
  std::optional<Second> second;          ///< where two metrics tell the controls apart sooner
  std::optional<double> separated_at_s;  ///< nothing: not within the controls
  double max_se = 0;                     ///< of lambda, at the controls' end
  std::vector<Template> witnesses;       ///< other metrics that see the difference too
  std::vector<Template> other_readings;  ///< of the same metric, that tell the controls apart
};

RunIncrements increments(const Fitted& fitted, const Series& run);

/// What is seen of a run by the fitted metrics, as far as `until_s`.
RunPlacement place_run(const Fitted& fitted, const RunIncrements& run, double until_s);

/// The method that separates the controls first, or (none does) with the least noise; nothing when
/// no metric grows faster in the leaking end.
std::optional<Fitted> best_fit(const Controls& controls, const Options& options);

}  // namespace leakbisect::stats
