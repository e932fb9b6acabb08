#pragma once

// The two ends first: is there a leak at the bad end, none at the good end, and can this subject
// tell them apart on this host? "Nothing leaks", "the good end leaks too" and "they cannot be told
// apart" are answers with advice.

#include "hunt/judge.hpp"
#include "hunt/known_leak.hpp"
#include "hunt/trials.hpp"
#include "hunt/trouble.hpp"
#include "stats/beside.hpp"
#include "stats/decision.hpp"
#include "stats/kinds.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <set>
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

/// A finished trial as other ends judge it.
using SeenAs = std::function<trial::Record(const trial::Record&)>;

/// What a hunt's trials have in common.
struct HuntContext {
  const config::HuntFile& hunt;
  const strategies::SearchSpace& space;
  Trials& trials;
  std::filesystem::path directory;  ///< DIR
  bool needs_ends;                  ///< false: an oracle answers each trial by itself
  /// Other ends than those of the space, for controls between which a proof is judged.
  std::optional<strategies::Configuration> bad{}, good{};
  units::UnitSource* source = nullptr;  ///< whose units these are; nothing: the hunt's own
  /// Tells the executor what may be asked for soon; empty where nothing is built ahead.
  std::function<void(std::vector<strategies::Configuration>)> build_ahead = {};
  /// Builds of the search are clean: incremental ones have misled it.
  bool clean_builds = false;
  /// Why no trial may be called clean: a known leak was not seen. Empty: it was, or was not tried.
  std::string blind = {};
  /// Trials of the search that ran as long as a proof's.
  std::set<std::string> confirming = {};
  std::string good_name = {};  ///< of a history's good end, for the report
  config::HttpLoad* load =
      nullptr;  ///< of the hunt file: its rate is lowered where it does not hold
  std::function<void(const std::string&)> warn = {};  ///< tells the report; may be empty
  bool rate_fixed_said = false;
  TroubleRow trouble{};  ///< of the last trials of the search
  /// A finished trial as the kind of memory at hand judges it; empty: as it was judged.
  SeenAs seen_as = {};
};

/// The finished trials, as the kind of memory at hand judges them.
std::vector<trial::Record> finished_as_seen(const HuntContext& context);

/// The statistics' options that the hunt file asks for.
stats::Options stats_options(const config::HuntFile& hunt);
/// The same for what is judged between these controls: growth before `filled_s` does not count.
stats::Options stats_options(const config::HuntFile& hunt, const Controls& controls);

/// Measures both ends, longer and longer until they are apart or the limit of a trial is reached.
boost::asio::awaitable<Controls> measure_controls(HuntContext& context);

/// The plan of a trial as the judge of `controls` makes it; `min_s`: of load before a verdict.
trial::Plan judged_plan(const HuntContext& context, const Controls& controls,
                        trial::Purpose purpose, strategies::Configuration configuration,
                        std::string why, double min_s);

}  // namespace leakbisect::hunt
