#include "hunt/ends/load_rate.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::Series;

namespace {

constexpr double shortest_s = 4;      // of load: a server gets faster in its first seconds
constexpr double longest_run_s = 20;  // of load, for one that answers slowly
constexpr double enough_answers = 40;
constexpr double last_part = 0.5;  // of the time: the answers that count

// What the trial's samples show of its answers, as it goes on.
struct Seen {
  double answered_per_s = 0;
  double bytes_per_request = 0;
};

// The memory that tells soonest of those that were read.
double memory_at(const stats::Sample& sample) {
  for (const auto metric : {stats::Metric::anon, stats::Metric::rss, stats::Metric::cgroup})
    if (sample.has(metric)) return sample.at(metric);
  return 0;
}

stats::Decision look_at(const Series& run, Seen& seen) {
  stats::Decision decision;
  const auto first = std::find_if(run.begin(), run.end(),
                                  [](const stats::Sample& sample) { return sample.requests > 0; });
  if (first == run.end()) return decision;
  const double loaded_s = run.back().t_s - first->t_s;
  const double from_s = run.back().t_s - last_part * loaded_s;
  const auto from = std::find_if(
      first, run.end(), [from_s](const stats::Sample& sample) { return sample.t_s >= from_s; });
  const double seconds = run.back().t_s - from->t_s;
  const double answers = run.back().requests - from->requests;
  if (!(seconds > 0)) return decision;
  seen.answered_per_s = answers / seconds;
  seen.bytes_per_request =
      answers > 0 ? std::max(0.0, memory_at(run.back()) - memory_at(*from)) / answers : 0;
  decision.final = loaded_s >= longest_run_s ||
                   (loaded_s >= shortest_s && run.back().requests >= enough_answers);
  return decision;
}

}  // namespace

asio::awaitable<std::optional<FoundRate>> find_rate(executor::Executor& executor,
                                                    const config::HuntFile& hunt,
                                                    config::HttpLoad& load,
                                                    strategies::Configuration leaking_end) {
  const config::HttpLoad before = load;
  load.rate = highest_rate / headroom;
  load.off_s = 0;
  const auto seen = std::make_shared<Seen>();
  trial::Plan plan;
  plan.id = "rate";
  plan.purpose = trial::Purpose::single;
  plan.configuration = std::move(leaking_end);
  plan.why = "which rate do server and host hold?";
  plan.max_load_s = longest_run_s;
  plan.look = [seen](const Series& run) { return look_at(run, *seen); };
  const trial::Record record = co_await executor.run(std::move(plan));
  load = before;
  // A server that died for its memory has told how fast it fills.
  const bool is_told =
      record.kind != strategies::OutcomeKind::cancelled && seen->answered_per_s > 0;
  if (!is_told) co_return std::nullopt;
  co_return rate_for(seen->answered_per_s, seen->bytes_per_request, hunt);
}

}  // namespace leakbisect::hunt
