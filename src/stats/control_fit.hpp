#pragma once

// The effect between the two controls and the noise about it. Two processes warm up differently,
// the controls as well: what such a difference explains of the curves is neither leak nor noise.
// Sources of the formulae and the constants: README.md, "The idea".

#include "stats/control_noise.hpp"
#include "stats/template.hpp"

#include <vector>

namespace leakbisect::stats {

/// Sets `delta` and `noise` of a template whose curves are known, the noise never below `floor`.
/// Returns the variogram that the noise was fitted to; delta may end at or below 0.
std::vector<Spread> fit_controls(Template& ends, const Runs& clean, const Runs& leaking,
                                 const Noise& floor);

}  // namespace leakbisect::stats
