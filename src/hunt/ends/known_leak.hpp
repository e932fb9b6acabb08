#pragma once

// Was a leak of known size seen? Two runs of one configuration are judged as the two ends of a hunt
// are: one as it is, one with ballast put in for each request. Pure; who runs them is
// positive_control.hpp.

#include "stats/decision.hpp"
#include "trial/record.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leakbisect::hunt {

/// What became of a known leak.
struct KnownLeak {
  double size = 0;        ///< bytes per request that were put in
  bool is_tried = false;  ///< both runs were measured, and something was put in
  bool is_seen = false;   ///< the two were told apart, and how far to about a half
  double slope = 0;       ///< bytes per request that it was seen as
  double half_width = 0;  ///< of the slope's interval, 95 %
  double seconds = 0;     ///< when it was seen, or for how long it was not
  std::string per = "request";
  std::string place;                 ///< who kept it
  std::optional<double> would_do_s;  ///< not seen: seconds in which it would have been
  std::string why_not{};             ///< not tried: why
  std::string sentence{};            ///< known_leak_sentence()

  /// It was seen, and as what it is: its size lies in the interval.
  [[nodiscard]] bool is_right() const;
};

/// The smallest leak that a pair of runs of this length shows.
struct Shown {
  double seconds = 0;
  double bytes = 0;  ///< per request
};

/// Seconds in which a leak of `size` would be seen, by what shorter pairs show; they are longer and
/// longer. Nothing where no pair shows any, or where it would take more than a day.
std::optional<double> seconds_for(double size, const std::vector<Shown>& shown);

/// Judges a pair that was measured. `options.t_max_s` is the length of the runs.
KnownLeak judge_known_leak(const trial::Record& with, const stats::Series& without_series,
                           const stats::Series& with_series, const stats::Options& options);

/// One sentence without a capital and a full stop: "a leak of 256 B/request put into the server was
/// seen as 251 ± 30 B/request after 9 s"; "could not have seen 256 B/request in 10 s; 40 s would
/// do". `limit_s` is limits.trial.
std::string known_leak_sentence(const KnownLeak& leak, double limit_s);

}  // namespace leakbisect::hunt
