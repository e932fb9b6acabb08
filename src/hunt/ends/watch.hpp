#pragma once

// What the controls do where the bad end does not grow at first: it is watched on, as long as
// limits.watch and the budget allow, for growth that begins late or comes in steps. Where the
// budget has no room for trials of that length one after the other, the ends and what a small
// search would ask are watched side by side. Only then nothing is said to leak, and what was
// excluded.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// How the ends are to be watched on.
struct Watch {
  double length_s = 0;        ///< of the bad end; 0: there is no time for more
  bool side_by_side = false;  ///< with the good end and other configurations
  bool is_cut = false;        ///< the budget, not limits.watch, says when it ends
};
Watch watch_of(const HuntContext& context);

/// How long an end may be watched: limits.watch (else limits.trial), within `share` of the budget
/// that is left by the trials so far, s.
double watched_s(const HuntContext& context, double share);

/// Watches on after controls of which the bad one was flat. `controls` hold both; theirs is the
/// sentence where nothing is seen. Nothing where there is no time to watch longer.
boost::asio::awaitable<std::optional<Controls>> watch_on(HuntContext& context, Controls controls);

/// The ends as late or stepwise growth tells them apart; false where it does not.
bool apart_by_pattern(HuntContext& context, Controls& controls, const stats::Series& good,
                      const stats::Series& bad);

/// "nothing leaks: no growth above 40 B/request within 10m and 12,000 requests (...)"
std::string nothing_words(const HuntContext& context, const std::string& end,
                          const stats::Series& bad, const stats::Decision& alone, bool is_cut);

}  // namespace leakbisect::hunt
