#pragma once

// The smallest leak that runs like these can show: two runs of the same, clean configuration (A/A),
// a known leak added to one of them, and the question whether the decision rule tells them apart.
// Flattering for runtimes that collect garbage: an added line does not provoke the heap steps that
// a true leak does (field notes: by up to a factor of two for V8).

#include "stats/decision.hpp"

#include <optional>

namespace leakbisect::stats {

/// The leak per request, in bytes or as the metric that `options` name counts, that `options` can
/// tell from none within the shorter of the two runs; nothing when not even 4,096 times the
/// smallest leak (1 MiB) could be told. Right to about a fifth.
std::optional<double> smallest_separable(const Series& clean, const Series& again,
                                         const Options& options);

/// The part of a run up to an age, in seconds.
Series first_part(const Series& run, double until_s);

}  // namespace leakbisect::stats
