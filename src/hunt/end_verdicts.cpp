#include "hunt/end_verdicts.hpp"

#include "hunt/end_trials.hpp"
#include "hunt/oracle_end.hpp"
#include "hunt/reversed_ends.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::Series;
using stats::Verdict;
using strategies::Configuration;
using strategies::OutcomeKind;

namespace {

// What a curve by itself can be called leaking after; longer where it is not clear.
constexpr double first_length_s = 60;
// Of a length: the last look at a run is a little before its end.
constexpr double whole_run = 0.95;
// Of the bad end's growth: what grows by less is flat, until the hunt's own controls say more.
constexpr double little_growth = 0.35;

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
    return own < little_growth * (own + (*ends)->delta());
  }
};

EndVerdict end_verdict(const trial::Record& record) {
  if (record.kind == OutcomeKind::untestable) return EndVerdict::untestable;
  if (!measured(record) || record.decision.verdict == Verdict::undecided)
    return EndVerdict::unclear;
  return record.decision.verdict == Verdict::clean ? EndVerdict::flat : EndVerdict::leaks;
}

}  // namespace

asio::awaitable<EndVerdict> EndJudge::run(trial::Plan plan) {
  plan.purpose = trial::Purpose::end_search;
  const auto record = co_await context_.trials.one(plan);
  if (!record) co_return EndVerdict::halted;
  last_ = *record;
  co_return end_verdict(*record);
}

asio::awaitable<EndVerdict> EndJudge::bad_server() {
  const double limit_s = context_.hunt.limits.trial_s;
  for (length_s_ = std::min(first_length_s, limit_s);;
       length_s_ = std::min(3 * length_s_, limit_s)) {
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

asio::awaitable<EndVerdict> EndJudge::bad_by_oracle() {
  leak_ = context_.hunt.search.smallest_leak;
  const OracleEnd wanted{trial::Purpose::end_search, strategies::bad_end(context_.space), true,
                         false, leak_};
  const auto asked = co_await ask_oracle(context_, wanted, last_);
  if (!asked) co_return EndVerdict::halted;
  if (asked->outcomes.empty()) co_return EndVerdict::untestable;
  const bool leaks =
      !leak_ && asked->precision > 0 ? asked->slope() > 0 : asked->llr(leak_.value_or(1)) >= 0;
  if (!leak_ && asked->slope() > 0) leak_ = asked->slope();
  co_return leaks ? EndVerdict::leaks : EndVerdict::flat;
}

asio::awaitable<EndVerdict> EndJudge::older_by_oracle(Configuration commit) {
  const OracleEnd wanted{trial::Purpose::end_search, std::move(commit), false, false, leak_};
  const auto asked = co_await ask_oracle(context_, wanted, last_);
  if (!asked) co_return EndVerdict::halted;
  if (asked->outcomes.empty()) co_return EndVerdict::untestable;
  const bool is_flat = asked->precision > 0 && leak_ ? asked->slope() < little_growth * *leak_
                                                     : asked->llr(leak_.value_or(1)) < 0;
  co_return is_flat ? EndVerdict::flat : EndVerdict::leaks;
}

asio::awaitable<EndVerdict> EndJudge::bad_end() {
  if (context_.needs_ends) co_return co_await bad_server();
  co_return co_await bad_by_oracle();
}

asio::awaitable<EndVerdict> EndJudge::older(Configuration commit) {
  if (!context_.needs_ends) co_return co_await older_by_oracle(std::move(commit));
  trial::Plan plan;
  plan.configuration = std::move(commit);
  plan.why = "is it a good end?";
  plan.max_load_s = length_s_;
  stats::Options options = stats_options(context_.hunt);
  options.t_max_s = whole_run * length_s_;
  plan.look = Beside{bad_, bad_leaks_, options};
  co_return co_await run(std::move(plan));
}

}  // namespace leakbisect::hunt
