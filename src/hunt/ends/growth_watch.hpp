#pragma once

// What fills up is no leak, though it looks like one until it is full. Where the bad end slows down
// as the good end does not, or what was found may be a cache, the bad end is watched on while it
// grows: for as long as caches take to fill, within a share of the budget. The ends are then told
// apart by what goes on after that. The sibling of watch.hpp, where nothing grows.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// The metric of these ends, read as curves are looked at for what fills up.
stats::Reading growth_reading(const stats::Ends& ends);

/// The age from which a curve is looked at for what fills up, s: a start is no part of it.
double bends_from_s(const stats::Options& options);

/// True when the bad end by itself slows down by much of what these kinds are apart by: then the
/// good end has to be seen for as long. Cheaper to ask than slows_down().
bool may_slow_down(const std::vector<stats::KindEnds>& kinds, const stats::Series& bad,
                   const stats::Options& options);

/// True when the bad end plainly slows down by much of what `controls` are apart by, and the good
/// end does not.
bool slows_down(const HuntContext& context, const Controls& controls, const stats::Series& good,
                const stats::Series& bad);

/// Controls that slow down (`bad`), measured again, until what fills up has been full for as long.
/// Apart by what goes on after it, or nothing leaks; nothing where the two do not tell: then what
/// was known before stands, and `controls` get a warning.
boost::asio::awaitable<std::optional<Controls>> beyond_filling(HuntContext& context,
                                                               Controls& controls,
                                                               const stats::Series& bad);

/// What was found may fill up: the bad end is watched while it grows, until caches would be full.
struct GrowthWatch {
  double length_s = 0;        ///< at most
  double smallest_share = 1;  ///< of what the controls are apart by, that is worth finding
};
/// How long that may take: 150 s, or a quarter of what the trials so far have cost where that is
/// more; an eighth of the budget that is left at most.
double growth_watch_s(const HuntContext& context);

/// Controls by what goes on after what fills up: apart; or nothing leaks; or not separable, where
/// it was not told. Nothing: the growth goes on for as long as it was watched, or was halted.
boost::asio::awaitable<std::optional<Controls>> watch_growth(HuntContext& context,
                                                             const Controls& controls,
                                                             GrowthWatch watch);

/// True when the bad end, as long as it was seen, slows down by `smallest_share` of what `controls`
/// are apart by: less than what ends are measured again for.
bool bends_a_little(const HuntContext& context, const Controls& controls, double smallest_share);

/// The trial was such a watch.
bool is_growth_watch(const trial::Record& record);

/// True when the trial that comes next, of a hunt that is gone on with, is such a watch.
bool has_watched_growth(const HuntContext& context);

}  // namespace leakbisect::hunt
