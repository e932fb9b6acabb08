#pragma once

// What a trial's load was worth: which of its requests tell of the configuration, and how much less
// sure the others make what its memory shows. Pure. Fewer answers than planned, late ones and
// another mix make no trial worthless by themselves: growth is counted per answered request.

#include "load/load.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leakbisect::load {

/// Answers that are nothing to wonder at.
struct Normal {
  std::vector<Counts> ends;  ///< what the two ends were answered; empty: a trial by itself
  /// By request of the hunt file: the statuses that it expects; empty: those of the ends.
  std::vector<std::vector<config::StatusRange>> expected;
  /// Growth is weighed per second, so how many answers a second there were says nothing.
  bool is_by_time = false;
};

struct Landing {
  /// Of the requests sent: without an answer, or with one of a kind that neither end gave.
  double untold = 0;
  /// Standard error that this adds to a place between the ends (0 to 1). What such requests leak
  /// may be anything from nothing to what the others do: their place is 0.5 +- 0.5, so that of the
  /// others is off by 0.5 untold / (1 - untold); and growth that comes with time looks larger per
  /// request where fewer are answered a second.
  double widening = 0;
  std::vector<std::string> notes;  ///< what was not as planned
  /// Why nothing can be said with it: hardly a request tells anything.
  std::optional<std::string> nothing;
  /// Then: for want of answers, which may be the moment's fault; not by their kind.
  bool unanswered = false;
};

/// Judges a load beside what is normal. A load that reports no counts is taken as it is.
Landing landing(const Counts& trial, const Normal& normal);

/// What the hunt file's requests expect, in their order.
std::vector<std::vector<config::StatusRange>> expected_of(const config::Load& load);

/// That most answers had a status of 500 or above which nobody expects, with what to write: a
/// server like that may be flat because it never gets to what leaks. Nothing where it is not so.
std::optional<std::string> mostly_broken(
    const Counts& counts, const std::vector<std::vector<config::StatusRange>>& expected);

/// True when the server did not keep up: every connection waited for an answer more than half of
/// the time, or a tenth of what was due was never sent.
bool is_overrun(const Counts& counts);

}  // namespace leakbisect::load
