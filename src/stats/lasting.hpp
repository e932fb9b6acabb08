#pragma once

// Does the growth of one process go on, or was it something that fills up: a cache, a buffer, an
// arena? One continuous line with a bend: growth before it, growth after it, each with an honest
// error. Pure; knows no ends and no verdicts.

#include "stats/decision.hpp"
#include "stats/trend.hpp"

#include <optional>
#include <vector>

namespace leakbisect::stats {

/// The bend of a curve, where it has a plain one. Slopes are per request (per second where requests
/// are unknown).
struct Bend {
  double age_s = 0;  ///< of the process, where the curve bends
  double x = 0;      ///< requests until then
  Line before;       ///< after the warm-up, until the bend
  Line after;
  double filled = 0;  ///< what the growth before it added over that after it, in all
};

/// Where a curve surely grows less from one moment on than before it, both for long enough to say
/// so. Nothing: it grows evenly, quickens, or is too short or too noisy to say.
std::optional<Bend> bend_of(const Series& run, const Reading& reading, double warmup_s);

/// The bends of `run` that a run of the clean end does not have, the earliest first: at the same
/// requests that one bends by much less, or not at all, and what it bends by is taken off. A server
/// whose start relaxes slowly does so at both ends. None beyond what was seen of the clean end.
std::vector<Bend> bends_beyond(const Series& run, const Series& clean, const Reading& reading,
                               double warmup_s);

/// The age from which growth is weighed, where something is full at `until_s`.
double weighed_from_s(double until_s);

/// How far growth has been followed.
struct Followed {
  double requests = 0;  ///< since the process was started
  double grown = 0;     ///< since the warm-up, as the metric counts
};
Followed follow(const Series& run, const Reading& reading, double warmup_s);

/// Growth that goes on so far is no cache: 50,000 entries of one a request, or a buffer of 100
/// MiB (128 descriptors, threads or processes), and a quarter more to see what comes after it.
bool is_beyond_caches(const Followed& growth, Measure measure);

/// Of what is claimed to grow, `claimed` a request, surely less than `kept` goes on after the bend.
/// `base`: what grows without it.
bool has_filled(const Bend& bend, double claimed, double base, double kept);

}  // namespace leakbisect::stats
