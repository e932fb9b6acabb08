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

/// A template, and how well its own controls are told apart by it.
struct Fitted {
  Template ends;
  std::optional<double> separated_at_s;  ///< nothing: not within the controls
  double max_se = 0;                     ///< of lambda, at the controls' end
  std::vector<Template> witnesses;       ///< other metrics that see the difference too
};

/// The method that separates the controls first, or (none does) with the least noise; nothing when
/// no metric grows faster in the leaking end.
std::optional<Fitted> best_fit(const Controls& controls, const Options& options);

}  // namespace leakbisect::stats
