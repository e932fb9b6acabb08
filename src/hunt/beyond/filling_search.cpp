#include "hunt/beyond/filling_search.hpp"

#include "base/amount.hpp"
#include "base/quantity.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/search/search.hpp"
#include "stats/lasting.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Configuration;
using strategies::OutcomeKind;
using strategies::UnitIndex;
using trial::Record;

namespace {

constexpr int most_filling_trials = 12;
constexpr double runs_on_s = 2;
constexpr double begun_s = 1;          // of age: what a start adds is over for the most part
constexpr double fewest_share = 0.3;   // of the filling, that a trial must have had time for
constexpr double error_of_one = 0.15;  // of the filling: what a trial's figure is out by
const double most_llr = std::log(99.0);

// Growth of a run's memory and its requests between two ages.
struct Early {
  double grown = 0;
  double requests = 0;
  double seconds = 0;
};

std::optional<Early> early_growth(const stats::Series& run, const stats::Reading& reading,
                                  double until_s) {
  std::vector<stats::Point> points = stats::sift(run, reading);
  std::erase_if(points, [&](const stats::Point& point) {
    return point.age_s < begun_s || point.age_s > until_s || point.generation > 0;
  });
  if (points.size() < 3) return std::nullopt;
  const stats::Point& first = points.front();
  const stats::Point& last = points.back();
  return Early{last.y - first.y, last.x - first.x, last.age_s - first.age_s};
}

class FillingSigns {
 public:
  explicit FillingSigns(const FillingSearch& parts) : parts_(parts), row_(parts.filling) {}

  // The share of the filling that a trial shows: about 0 without it, about 1 with it.
  [[nodiscard]] std::optional<double> share_in(const Record& record) const {
    if (record.kind != OutcomeKind::measured) return std::nullopt;
    const auto run =
        trial::read_samples(trial::folder_of(parts_.context.directory, record.id) / "samples.csv");
    if (!run) return std::nullopt;
    const stats::Reading reading = parts_.controls.judge->curves()->reading();
    const auto early = early_growth(*run, reading, row_.seconds);
    if (!early || early->seconds < fewest_share * row_.seconds) return std::nullopt;
    const auto flat = flat_growth(reading, begun_s + early->seconds);
    if (!flat) return std::nullopt;
    const double leaked = leak_at(record.configuration.commit) * early->requests;
    return (early->grown - flat->grown - leaked) / (row_.bytes * early->seconds / row_.seconds);
  }

  [[nodiscard]] strategies::Outcome outcome_of(const Record& record) const {
    strategies::Outcome outcome;
    outcome.kind = record.kind;
    const auto share = share_in(record);
    if (!share) return outcome;
    outcome.llr = std::clamp((*share - 0.5) / (error_of_one * error_of_one), -most_llr, most_llr);
    outcome.verdict = outcome.llr > 0 ? strategies::Verdict::leaking : strategies::Verdict::clean;
    return outcome;
  }

 private:
  [[nodiscard]] std::optional<Early> flat_growth(const stats::Reading& reading,
                                                 double until_s) const {
    const auto run = trial::read_samples(
        trial::folder_of(parts_.context.directory, parts_.controls.good.id) / "samples.csv");
    if (!run) return std::nullopt;
    return early_growth(*run, reading, until_s);
  }

  // What the found culprits leak at a commit, bytes per request.
  [[nodiscard]] double leak_at(UnitIndex commit) const {
    const strategies::SearchSpace& space = parts_.source.space();
    std::vector<bool> in(space.size(), false);
    if (commit == strategies::no_unit) return 0;
    in[commit] = true;
    for (UnitIndex unit = commit + 1; unit-- > 0;)
      if (in[unit])
        for (const UnitIndex parent : strategies::parents_of(space, unit)) in[parent] = true;
    double slope = 0;
    for (const report::CulpritRow& row : parts_.culprits)
      for (UnitIndex unit = 0; unit < space.size(); ++unit)
        if (in[unit] && space.names[unit] == row.unit) slope += row.slope;
    return slope;
  }

  const FillingSearch& parts_;
  const report::FillingRow& row_;
};

bool is_of_history(const Record& record) {
  return record.purpose != trial::Purpose::drill &&
         record.configuration.shape == strategies::Shape::history &&
         record.kind == OutcomeKind::measured;
}

trial::Plan plan_of(const FillingSearch& parts, const Configuration& configuration,
                    double until_s) {
  trial::Plan plan = judged_plan(parts.context, parts.controls, trial::Purpose::search,
                                 configuration, "where does it begin to fill up?", 0);
  const double length_s = begun_s + until_s + runs_on_s;
  plan.max_load_s = length_s;
  const stats::Reading reading = parts.controls.judge->curves()->reading();
  plan.look = [look = std::move(plan.look), reading, length_s](const stats::Series& run) {
    stats::Decision decision = look(run);
    decision.final = !run.empty() && run.back().t_s >= length_s;
    const auto early = early_growth(run, reading, length_s);
    if (early && decision.verdict == stats::Verdict::undecided)
      decision.reason = fmt::format("it grew by {} until {} of age",
                                    format_amount(early->grown, traits(reading.metric).measure),
                                    format_duration(begun_s + early->seconds));
    return decision;
  };
  return plan;
}

}  // namespace

asio::awaitable<std::optional<UnitIndex>> commit_that_fills(FillingSearch parts) {
  const strategies::SearchSpace& space = parts.source.space();
  const FillingSigns signs(parts);
  const auto at_bad = signs.share_in(parts.controls.bad);
  if (!at_bad || *at_bad < 0.5) co_return std::nullopt;
  const auto strategy = strategies::default_strategy(space).make(space, space.prior, parts.seed);
  strategy->tell(strategies::good_end(space), end_effect(parts.controls, false));
  strategy->tell(strategies::bad_end(space), end_effect(parts.controls, true));
  for (const Record& record : parts.context.trials.finished())
    if (is_of_history(record) && signs.share_in(record))
      strategy->tell(record.configuration, signs.outcome_of(record));
  for (int trial = 0; trial < most_filling_trials && !strategy->answer(); ++trial) {
    const auto asks = strategy->ask(1);
    if (asks.empty()) break;
    const trial::Plan plan = plan_of(parts, asks.front().configuration, parts.filling.seconds);
    const auto record = co_await parts.context.trials.one(plan);
    if (!record) co_return std::nullopt;
    strategy->tell(record->configuration, signs.outcome_of(*record));
    parts.on_told(record->id);
  }
  const auto answer = strategy->answer();
  if (!answer || answer->kind != strategies::AnswerKind::culprit) co_return std::nullopt;
  co_return answer->culprits.front().units.front();
}

}  // namespace leakbisect::hunt
