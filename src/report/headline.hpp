#pragma once

// The answer as it fits into a box: how sure it is, who and where, how much, what to do next. Made
// once, so that the terminal, report.md, report.html and report.json cannot differ in a figure.

#include "report/model.hpp"

#include <string>
#include <utility>
#include <vector>

namespace leakbisect::report {

struct Headline {
  /// PROVEN: every culprit is one unit, and was shown in fresh processes beside its own parent.
  /// LIKELY: found, but not shown so. NOT PROVEN: suspected only. Or what else the hunt came to.
  std::string badge;
  std::string tone;     ///< of the badge: "leaking", "clean", "open" or "failed"
  std::string unit;     ///< who leaks; empty: no culprit
  std::string place;    ///< "src/cache.c:12-14"; "likely ..." where that is not proven; or nothing
  std::string slope;    ///< "4.01 ± 0.28 KiB/request", of all culprits together
  std::string per_day;  ///< "16.5 ± 1.2 GiB a day at 50 requests/s"; empty: no rate is known
  std::string next;     ///< what to do
  std::string again;    ///< the command that shows the answer again
};

Headline headline_of(const Model& model);

/// Requests a second: those that were planned, else about those that were answered; 0: not known.
struct LoadRate {
  double per_s = 0;
  bool is_planned = true;
};
LoadRate load_rate_of(const Model& model);

/// Bytes (or a count) a day at the load's rate, with its standard error; 0: nothing to tell.
std::pair<double, double> growth_per_day(const Model& model);

/// The rows below the badge, each with its name: "leaks", "a day", "where", "next", "again".
std::vector<std::pair<std::string, std::string>> rows_of(const Headline& headline, bool is_fix);

/// A box of at most `width` columns: the badge in its upper edge, names shortened in their middle,
/// sentences wrapped. Lines of printable text, each with its end.
std::string boxed(const Model& model, std::size_t width);

}  // namespace leakbisect::report
