#pragma once

// Which kinds of memory the controls are told apart by: the dearest is searched first, the others
// are kept for after it. Private to this room's controls.

#include "hunt/ends/controls.hpp"

#include <functional>

namespace leakbisect::hunt {

/// True when two curves tell all that is worth waiting for: they are apart, and no kind of memory
/// that may cost more is hidden in noise. Asked again and again as `good` grows; answers at most
/// once in so much of its age.
std::function<bool(const stats::Series& good)> told_whole(stats::Series bad,
                                                          stats::Options options);

/// Takes over the kinds: ends, size and unit of the dearest, the others, what grows part by part.
void adopt_kinds(Controls& controls, const HuntContext& context, std::vector<stats::KindEnds> kinds,
                 const stats::Series& good, const stats::Series& bad);

/// The same controls judged by another of their kinds.
Controls by_kind(const HuntContext& context, const Controls& controls, const stats::KindEnds& kind);

/// Whether controls that are apart should be run again, longer: for what is hidden in noise, or
/// where they may be apart by chance.
bool worth_longer(const HuntContext& context, const stats::Hidden& hidden,
                  const std::vector<stats::KindEnds>& kinds, double length_s);

}  // namespace leakbisect::hunt
