#include "hunt/ends/uncollected.hpp"

#include "hunt/ends/end_trials.hpp"
#include "report/culprit_words.hpp"
#include "report/words.hpp"
#include "stats/alone.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::Decision;
using stats::Series;

namespace {

constexpr double longest_look_s = 60;
constexpr double sure_standard_errors = 3;  // standard errors
constexpr double times_as_much = 2;         // times as much in one way as in the other

// Not the heap as it is polled: the garbage in it is what differs.
bool is_compared(const MetricTraits& row) {
  return row.use != Use::on_request && row.garbage == Garbage::apart &&
         row.part != MemoryPart::files && row.part != MemoryPart::swapped &&
         (row.part != MemoryPart::pages || row.metric == Metric::anon);
}

// Memory must be called leaking by itself: a heap that nobody collects grows to its size first.
bool is_surely_more(const Decision& more, const Decision& less, double counts) {
  const bool lasts = is_count(more.metric) || more.verdict == stats::Verdict::leaking;
  return lasts && more.slope - sure_standard_errors * more.slope_se > counts &&
         more.slope - less.slope >
             sure_standard_errors * std::hypot(more.slope_se, less.slope_se) &&
         more.slope > times_as_much * less.slope;
}

std::string words_of(const Decision& with, const Decision& without) {
  const report::PerWhat in{"request", traits(with.metric).measure};
  return fmt::format("{} grows by {} with forced collections, by {} without",
                     traits(with.metric).name, report::slope_words(with.slope, with.slope_se, in),
                     report::slope_words(without.slope, without.slope_se, in));
}

bool was_collected(const Series& run) {
  return std::ranges::any_of(
      run, [](const auto& sample) { return std::isfinite(sample.at(Metric::settled)); });
}

}  // namespace

double compared_s(const config::HuntFile& hunt) {
  return std::min(longest_look_s, hunt.limits.trial_s);
}

CollectingCompared compare_collecting(const Series& with, const Series& without,
                                      const stats::Options& options,
                                      std::optional<double> smallest_leak) {
  CollectingCompared found;
  std::vector<std::string> differ;
  for (const MetricTraits& row : metrics()) {
    if (!is_compared(row)) continue;
    const Decision one = stats::judge_metric(with, row.metric, options);
    const Decision other = stats::judge_metric(without, row.metric, options);
    if (!(one.slope_se > 0) || !(other.slope_se > 0)) continue;
    const MeasureTraits& measure = measure_of(row.metric);
    const double counts = is_count(row.metric) ? measure.smallest_leak
                                               : smallest_leak.value_or(measure.smallest_leak);
    if (row.metric == Metric::anon) found.sentence = words_of(one, other);
    const bool only_without = is_surely_more(other, one, counts);
    found.leaks_without = found.leaks_without || only_without;
    if (only_without || is_surely_more(one, other, counts)) differ.push_back(words_of(one, other));
  }
  found.is_same = differ.empty();
  if (!found.is_same) found.sentence = fmt::format("{}", fmt::join(differ, "; "));
  return found;
}

asio::awaitable<void> look_uncollected(HuntContext& context, Controls& controls) {
  if (controls.result != Controls::Result::nothing_leaks) co_return;
  const auto with = samples_of(context.directory, controls.bad);
  if (!with || !was_collected(*with)) co_return;
  const double seconds = compared_s(context.hunt);
  trial::Plan plan =
      end_plan(context, trial::Purpose::control_bad,
               "control: the end that should leak, without forced collections", seconds);
  plan.collects = false;
  plan.look = [](const Series&) { return Decision{}; };
  const auto record = co_await context.trials.one(plan);
  if (!record || !measured(*record)) co_return;
  const auto without = samples_of(context.directory, *record);
  if (!without) co_return;
  stats::Options options = stats_options(context.hunt);
  options.t_max_s = seconds;
  const auto found =
      compare_collecting(*with, *without, options, context.hunt.search.smallest_leak);
  if (!found.leaks_without) co_return;
  controls.result = Controls::Result::untestable;
  controls.reason = fmt::format(
      "nothing leaks while collections are forced, but they hide something: {}. Hunt again with "
      "\"memory\": {{\"settle\": \"off\"}}",
      found.sentence);
}

}  // namespace leakbisect::hunt
