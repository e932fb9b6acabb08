#pragma once

// The two curves that make the answer plain: memory with the culprit, and without it. Chosen among
// the trials of the proof; where nothing was proven, the two ends. Draws nothing.

#include "report/curves.hpp"
#include "report/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leakbisect::report {

struct NamedCurve {
  std::string name;   ///< "with video", or what the trial's configuration was
  std::string trial;  ///< id
  std::vector<double> growth;
};

struct TwoCurves {
  NamedCurve leaking, clean;
  /// The trial of the clean end whose growth was taken off both; empty: none was.
  std::string reference;
  std::size_t points = 0;  ///< of the grid, up to where neither has any more
};

/// Nothing where one of the two has no samples.
std::optional<TwoCurves> two_curves(const Model& model, const Curves& curves);

/// "with video memory grows by 40 MiB, without video by 12 KiB": where both still have a point.
std::string two_curves_words(const TwoCurves& two, const Curves& curves);

}  // namespace leakbisect::report
