#pragma once

// The two ends first: is there a leak at the bad end, none at the good end, and can this subject
// tell them apart on this host? "Nothing leaks", "the good end leaks too" and "they cannot be told
// apart" are answers with advice.

#include "hunt/ends/hunt_context.hpp"
#include "hunt/ends/judge.hpp"
#include "hunt/ends/known_leak.hpp"
#include "report/words.hpp"
#include "stats/beside.hpp"
#include "stats/decision.hpp"
#include "stats/kinds.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::hunt {

struct Controls {
  enum class Result {
    apart,           ///< the search can begin
    nothing_leaks,   ///< both ends are clean
    good_end_leaks,  ///< both ends leak
    reversed,        ///< the end that should be clean leaks, and the other does not, or less
    not_separable,   ///< no metric tells them apart in the time given
    untestable,      ///< an end does not build, start or answer
    halted,          ///< budget, ctrl-C
  };
  Result result = Result::halted;
  config::Find find = config::Find::leak;                   ///< what the hunt looks for
  std::string reason;                                       ///< for a person, with what to do next
  std::shared_ptr<const Judge> judge = judge_by_answers();  ///< of trials between these ends
  std::string warning;  ///< what else grows, or what could not be off; may be empty
  std::vector<strategies::UnitIndex> needed;  ///< units that nothing runs without: always on now
  double leak_slope = 0;  ///< bytes per request of the bad end over the good end
  double leak_slope_se = 0;
  /// What fills up in the bad end, the first first: no leak. Its leak is what goes on after it.
  struct Filling {
    Metric metric = Metric::anon;
    double bytes = 0;    ///< as the metric counts
    double rate = 0;     ///< a request, until it is full
    double until_s = 0;  ///< age at which it is full
  };
  std::vector<Filling> fillings{};
  double filled_s = 0;  ///< the age from which growth is weighed, where something fills up
  std::vector<stats::Beside> beside{};  ///< counts that the bad end adds as well
  std::string kind{};  ///< of memory, that the ends are told apart by: "native", "shared", ...
  std::vector<stats::KindEnds> other_kinds{};  ///< by which they are apart too, the dearest first
  std::vector<stats::PartGrowth> parts{};      ///< of memory, that the bad end adds
  std::string pattern{};  ///< "begins after about 120 s": growth that is no line from the start
  double base_slope = 0;  ///< of the good end, where only a step of the leak is looked at
  double trial_s = 60;    ///< how long a trial of the search may load the server
  std::vector<load::Counts> end_counts;  ///< what both ends were answered
  /// Toggles: all off was answered otherwise, so it is another server than some off may be.
  bool flat_end_differs = false;
  std::optional<double> clean_requests;
  std::optional<KnownLeak> known_leak;  ///< of the positive control, where there was one
  trial::Record bad, good;              ///< the controls that count (the last ones)
};

/// The statistics' options that the hunt file asks for.
stats::Options stats_options(const config::HuntFile& hunt);
/// The same for what is judged between these controls: growth before `filled_s` does not count.
stats::Options stats_options(const config::HuntFile& hunt, const Controls& controls);

/// What the leak's size is per, and counts: by the metric that the ends are told apart by.
report::PerWhat per_what(const Controls& controls);

/// Measures both ends, longer and longer until they are apart or the limit of a trial is reached.
boost::asio::awaitable<Controls> measure_controls(HuntContext& context);

/// The plan of a trial as the judge of `controls` makes it; `min_s`: of load before a verdict.
trial::Plan judged_plan(const HuntContext& context, const Controls& controls,
                        trial::Purpose purpose, strategies::Configuration configuration,
                        std::string why, double min_s);

}  // namespace leakbisect::hunt
