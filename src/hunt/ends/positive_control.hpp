#pragma once

// The positive control: a leak of known size is put into a server (trial/ballast_feed.hpp), and the
// whole chain of load, recorder and statistics has to report it. What does not see it may not say
// "clean" of a leak of that size.

#include "hunt/ends/controls.hpp"
#include "hunt/ends/known_leak.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>

namespace leakbisect::hunt {

/// Runs one trial to its end; nothing when no more are to be had.
using RunTrial = std::function<boost::asio::awaitable<std::optional<trial::Record>>(trial::Plan)>;

/// What a positive control works with; references outlive it.
struct PositiveControl {
  const config::HuntFile& hunt;
  std::filesystem::path directory;  ///< DIR
  RunTrial run;
  strategies::Configuration configuration;  ///< of both runs
  double size = 0;                          ///< bytes per request
  double first_s = 10;                      ///< how long a run is at first
  double longest_s = 90;                    ///< and at most
  stats::Verdict without =
      stats::Verdict::undecided;  ///< what the last run without it was by itself
};

/// Measures pairs of runs, longer and longer until the leak is seen. Nothing when halted.
boost::asio::awaitable<std::optional<KnownLeak>> see_known_leak(PositiveControl& control);

/// The size that is put in: search.smallest_leak; else the leak of the ends, within bounds.
double known_leak_size(const config::HuntFile& hunt, double leak_slope);

/// The positive control of a hunt, where the hunt file asks for one: after the controls, at the
/// flat end when they are apart, else at the end that should leak. Where it is not seen, `context`
/// refuses to call trials clean from then on, and "nothing leaks" is taken back.
boost::asio::awaitable<void> check_sight(HuntContext& context, Controls& controls);

}  // namespace leakbisect::hunt
