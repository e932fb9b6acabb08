#pragma once

// Load that comes in bursts: on for a while, off for a while, and so on. Turns wall time into
// loaded time and back; with off_s = 0 both are the same. In seconds since the load began.

#include <algorithm>
#include <cmath>

namespace leakbisect::load {

struct Rhythm {
  double on_s = 0;
  double off_s = 0;

  [[nodiscard]] bool steady() const { return !(on_s > 0 && off_s > 0); }
  /// Seconds of load in the first `wall_s` seconds.
  [[nodiscard]] double loaded(double wall_s) const {
    if (steady() || wall_s <= 0) return wall_s;
    const double bursts = std::floor(wall_s / (on_s + off_s));
    return bursts * on_s + std::min(on_s, wall_s - bursts * (on_s + off_s));
  }
  /// When that much load has been given; at the end of a burst, when the next one begins.
  [[nodiscard]] double wall(double loaded_s) const {
    if (steady()) return loaded_s;
    return loaded_s + std::floor(loaded_s / on_s) * off_s;
  }
  /// The next moment with load: `wall_s` itself during a burst.
  [[nodiscard]] double next_on(double wall_s) const {
    if (steady()) return wall_s;
    const double bursts = std::floor(wall_s / (on_s + off_s));
    const double begun = bursts * (on_s + off_s);
    return wall_s - begun < on_s ? wall_s : begun + on_s + off_s;
  }
};

}  // namespace leakbisect::load
