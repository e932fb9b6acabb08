#pragma once

// Load that comes in bursts: on for a while, off for a while, and so on, after a steady stretch.
// Turns wall time into loaded time and back; with off_s = 0 both are the same. In seconds since the
// load began.

#include <algorithm>
#include <cmath>

namespace leakbisect::load {

struct Rhythm {
  double on_s = 0;
  double off_s = 0;
  double steady_s = 0;  ///< before the first burst

  [[nodiscard]] bool steady() const { return !(on_s > 0 && off_s > 0); }
  /// Seconds of load in the first `wall_s` seconds.
  [[nodiscard]] double loaded(double wall_s) const {
    const double since_s = wall_s - steady_s;
    if (steady() || since_s <= 0) return wall_s;
    const double bursts = std::floor(since_s / (on_s + off_s));
    return steady_s + bursts * on_s + std::min(on_s, since_s - bursts * (on_s + off_s));
  }
  /// When that much load has been given; at the end of a burst, when the next one begins.
  [[nodiscard]] double wall(double loaded_s) const {
    if (steady() || loaded_s < steady_s) return loaded_s;
    return loaded_s + std::floor((loaded_s - steady_s) / on_s) * off_s;
  }
  /// The next moment with load: `wall_s` itself during a burst.
  [[nodiscard]] double next_on(double wall_s) const {
    if (steady() || wall_s < steady_s) return wall_s;
    const double bursts = std::floor((wall_s - steady_s) / (on_s + off_s));
    const double begun = steady_s + bursts * (on_s + off_s);
    return wall_s - begun < on_s ? wall_s : begun + on_s + off_s;
  }
};

}  // namespace leakbisect::load
