#include "hunt/ends/end_verdicts.hpp"

#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/reversed_ends.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::Series;
using stats::Verdict;
using strategies::Configuration;
using strategies::OutcomeKind;

namespace {

// What a curve by itself can be called leaking after; longer where it is not clear.
constexpr double first_look_s = 60;
// Of a length: the last look at a run is a little before its end.
constexpr double whole_run = 0.95;

// How an older commit's curve looks beside the bad end's.
struct Beside {
  std::shared_ptr<const Series> bad;
  bool bad_leaks = false;
  stats::Options options;

  [[nodiscard]] stats::Decision operator()(const Series& run) const {
    stats::Decision decision = stats::judge_alone(run, options);
    const bool is_over = age_of(run) >= options.t_max_s;
    const bool is_apart = stats::separation(run, *bad, options).separated;
    const bool is_flat = is_apart && (grows_little(run) || decision.verdict == Verdict::clean);
    decision.final = is_over || is_flat;
    decision.verdict = Verdict::undecided;
    if (is_flat) {
      decision.verdict = Verdict::clean;
      decision.reason = "flat beside the bad end";
    } else if (is_over && bad_leaks) {
      decision.verdict = Verdict::leaking;
      decision.reason = is_apart ? "leaks less than the bad end" : "grows as the bad end does";
    }
    return decision;
  }

 private:
  [[nodiscard]] bool grows_little(const Series& run) const {
    const auto ends = stats::Ends::calibrate({run}, {*bad}, options);
    if (!ends) return false;
    const double own = growth_of(run, (*ends)->metric(), options);
    return own < little_end_growth * (own + (*ends)->delta());
  }
};

EndVerdict end_verdict(const trial::Record& record) {
  if (record.kind == OutcomeKind::untestable) return EndVerdict::untestable;
  if (!measured(record) || record.decision.verdict == Verdict::undecided)
    return EndVerdict::unclear;
  return record.decision.verdict == Verdict::clean ? EndVerdict::flat : EndVerdict::leaks;
}

class CurveEnds final : public EndJudge {
 public:
  explicit CurveEnds(HuntContext& context) : EndJudge(context) {}

  asio::awaitable<EndVerdict> bad_end() override;
  asio::awaitable<EndVerdict> older(Configuration commit) override;

 private:
  asio::awaitable<EndVerdict> run(trial::Plan plan);

  std::shared_ptr<const Series> bad_;
  bool bad_leaks_ = false;
  double length_s_ = 0;
};

asio::awaitable<EndVerdict> CurveEnds::run(trial::Plan plan) {
  plan.purpose = trial::Purpose::end_search;
  const auto record = co_await context_.trials.one(plan);
  if (!record) co_return EndVerdict::halted;
  last_ = *record;
  co_return end_verdict(*record);
}

asio::awaitable<EndVerdict> CurveEnds::bad_end() {
  const double limit_s = context_.hunt.limits.trial_s;
  for (length_s_ = std::min(first_look_s, limit_s);; length_s_ = std::min(3 * length_s_, limit_s)) {
    trial::Plan plan;
    plan.configuration = strategies::bad_end(context_.space);
    plan.why = "the bad end, by itself";
    plan.max_load_s = length_s_;
    stats::Options options = stats_options(context_.hunt);
    options.t_max_s = whole_run * length_s_;
    plan.look = [options](const Series& run) {
      stats::Decision decision = stats::judge_alone(run, options);
      decision.final = age_of(run) >= options.t_max_s;
      return decision;
    };
    const EndVerdict verdict = co_await run(std::move(plan));
    if (verdict == EndVerdict::halted || !measured(last_)) co_return verdict;
    auto samples = samples_of(context_.directory, last_);
    if (!samples) {
      last_.reason = samples.error().message;
      co_return EndVerdict::untestable;
    }
    bad_ = std::make_shared<const Series>(std::move(*samples));
    bad_leaks_ = verdict == EndVerdict::leaks;
    // What is flat so far may yet begin to grow.
    const config::Limits& limits = context_.hunt.limits;
    const bool is_early = verdict == EndVerdict::flat &&
                          length_s_ < std::min(limit_s, limits.watch_s.value_or(limit_s));
    if ((verdict != EndVerdict::unclear && !is_early) || length_s_ >= limit_s) co_return verdict;
  }
}

asio::awaitable<EndVerdict> CurveEnds::older(Configuration commit) {
  trial::Plan plan;
  plan.configuration = std::move(commit);
  plan.why = "is it a good end?";
  plan.max_load_s = length_s_;
  stats::Options options = stats_options(context_.hunt);
  options.t_max_s = whole_run * length_s_;
  plan.look = Beside{bad_, bad_leaks_, options};
  co_return co_await run(std::move(plan));
}

}  // namespace

std::unique_ptr<EndJudge> ends_by_curves(HuntContext& context) {
  return std::make_unique<CurveEnds>(context);
}

}  // namespace leakbisect::hunt
