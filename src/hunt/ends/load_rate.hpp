#pragma once

// The rate that trials are driven at: found once where the hunt file leaves it open, the same for
// all trials, lowered where it does not hold. Nothing here judges memory.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace leakbisect::hunt {

/// A rate with headroom, and how it was found, for a person.
struct FoundRate {
  double rate = 0;  ///< requests a second
  std::string sentence;
};

/// The highest rate that is chosen by itself, requests a second.
inline constexpr double highest_rate = 200;
/// Of what was answered, that is asked for.
inline constexpr double headroom = 0.5;

/// Two digits of a rate: 117 is 120.
double rounded_rate(double rate);

/// Drives the leaking end at twice the highest rate for some seconds.
/// Half of what it answers is the rate, shared by the trials that run side by side, and no more
/// than fills a quarter of the memory cap in half a minute. `load` is that of `hunt`; it is as
/// before when this ends, but for its rate. Nothing when the server cannot be tried, or when it was
/// cancelled.
boost::asio::awaitable<std::optional<FoundRate>> find_rate(executor::Executor& executor,
                                                           const config::HuntFile& hunt,
                                                           config::HttpLoad& load,
                                                           strategies::Configuration leaking_end);

/// Half of what was answered a second, as find_rate() says.
FoundRate rate_for(double answered_per_s, double bytes_per_request, const config::HuntFile& hunt);

/// Lowers the rate to what the trial's load held, with headroom, and tells why. False where it may
/// not be lowered: there is no rate, or it is fixed (said once).
bool lower_rate(HuntContext& context, const trial::Record& record);

/// One control, run until it is measured at a rate that holds. What a stall, a crash or a timeout
/// took is run again after a while; the same reason three times in a row lowers the rate instead,
/// and only where that does not help either it is the control's answer. Nothing when halted.
boost::asio::awaitable<std::optional<trial::Record>> steady_control(HuntContext& context,
                                                                    trial::Plan plan);

}  // namespace leakbisect::hunt
