#include "bench/search/search_play.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <queue>

namespace leakbisect::bench {
namespace {

using strategies::AnswerKind;
using strategies::Ask;
using strategies::Configuration;
using strategies::Strategy;

constexpr double duration_sigma = 0.5;  ///< of the logarithm of a trial's duration

/// A trial under way.
struct Running {
  double ends = 0;
  std::size_t number = 0;
  Configuration configuration;
  strategies::Outcome outcome;
  bool operator>(const Running& other) const {
    return ends != other.ends ? ends > other.ends : number > other.number;
  }
};

class Table {
 public:
  Table(const Instance& instance, Strategy& strategy, const Cell& cell, std::uint64_t key)
      : instance_(instance),
        strategy_(strategy),
        cell_(cell),
        key_(key),
        costs_(instance.costs()) {}

  Game play() {
    for (const Told& told : instance_.controls()) {
      strategy_.tell(told.configuration, told.outcome);
    }
    while (!strategy_.answer() && game_.trials < static_cast<double>(cell_.most_trials)) {
      fill_slots();
      if (strategy_.answer() || running_.empty()) break;
      cell_.mode == Slots::together ? end_all() : end_one();
    }
    if (cell_.mode == Slots::apart) game_.rounds = now_;
    if (const auto answer = strategy_.answer()) {
      game_.has_answer = answer->kind != AnswerKind::undecided;
      game_.confidence = answer->confidence;
      game_.grade = instance_.grade(*answer);
    }
    return game_;
  }

 private:
  template <class Call>
  auto timed(Call call) {
    const auto begin = std::chrono::steady_clock::now();
    auto result = call();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    game_.asking_ms += took.count();
    game_.slowest_ms = std::max(game_.slowest_ms, took.count());
    return result;
  }

  void fill_slots() {
    while (running_.size() < cell_.slots) {
      const std::size_t free = cell_.slots - running_.size();
      const std::vector<Ask> asks = timed([&] { return strategy_.ask(free, costs_); });
      if (asks.empty()) return;
      for (const Ask& ask : asks) begin(ask.configuration);
    }
  }

  void begin(const Configuration& configuration) {
    const Visit visit{visits_[configuration]++, started_++};
    Running trial{now_, visit.number, configuration, instance_.run(configuration, visit)};
    if (cell_.mode == Slots::apart) {
      Luck luck(key_of(key_of_trial(key_, configuration, visit.of_configuration), "duration"));
      const double sigma = duration_sigma;
      trial.ends += std::exp(sigma * luck.normal() - sigma * sigma / 2);
    }
    game_.cost += trial.outcome.cost_s;
    ++game_.trials;
    running_.push(std::move(trial));
  }

  void end_one() {
    const Running trial = running_.top();
    running_.pop();
    now_ = trial.ends;
    timed([&] {
      strategy_.tell(trial.configuration, trial.outcome);
      return 0;
    });
  }

  void end_all() {
    while (!running_.empty()) end_one();
    ++game_.rounds;
  }

  const Instance& instance_;
  Strategy& strategy_;
  const Cell& cell_;
  std::uint64_t key_;
  strategies::Costs costs_;
  Game game_;
  double now_ = 0;
  std::size_t started_ = 0;
  std::map<Configuration, unsigned> visits_;
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running_;
};

/// The Wilson interval's centre and half-width at 95% (Wilson, 1927).
std::pair<double, double> wilson(std::size_t hits, std::size_t of) {
  if (of == 0) return {0.5, 0.5};
  constexpr double z = 1.959964;
  const auto n = static_cast<double>(of);
  const double p = static_cast<double>(hits) / n;
  const double shrink = 1 + z * z / n;
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {(p + z * z / (2 * n)) / shrink, half / shrink};
}

void count(Proportion& proportion, bool hit) {
  ++proportion.of;
  proportion.hits += hit;
}

}  // namespace

Game play(const Instance& instance, Strategy& strategy, const Cell& cell, std::uint64_t key) {
  return Table(instance, strategy, cell, key).play();
}

double Proportion::low() const {
  const auto [centre, half] = wilson(hits, of);
  return hits == 0 ? 0 : centre - half;
}

double Proportion::high() const {
  const auto [centre, half] = wilson(hits, of);
  return hits == of ? 1 : centre + half;
}

Spread spread_of(std::vector<double> values) {
  Spread spread;
  if (values.empty()) return spread;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) spread.mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
  if (n > 1) spread.half_width = 1.959964 * std::sqrt(squares / (n - 1) / n);
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(std::ceil(share * n)) - 1];
  };
  spread.p50 = at(0.5);
  spread.p95 = at(0.95);
  return spread;
}

Tally tally_of(const std::vector<Game>& games) {
  Tally tally;
  std::vector<double> trials;
  std::vector<double> rounds;
  std::vector<double> cost;
  double asking_ms = 0;
  double all_trials = 0;
  std::size_t naming = 0;
  for (const Game& game : games) {
    trials.push_back(game.trials);
    rounds.push_back(game.rounds);
    cost.push_back(game.cost);
    asking_ms += game.asking_ms;
    all_trials += game.trials;
    tally.slowest_ms = std::max(tally.slowest_ms, game.slowest_ms);
    count(tally.right, game.grade.right);
    count(tally.exact, game.grade.exact);
    count(tally.accusing, game.grade.accuses);
    count(tally.undecided, !game.has_answer);
    tally.recall += game.grade.recall / static_cast<double>(games.size());
    if (game.grade.class_size > 0) ++naming;
    tally.class_size += static_cast<double>(game.grade.class_size);
    if (!game.has_answer) continue;
    tally.stated += game.confidence;
    count(tally.answered_right, game.grade.right);
    const bool is_near = game.confidence >= 0.985 && game.confidence <= 0.995;
    if (is_near) count(tally.near_99, game.grade.right);
  }
  if (naming > 0) tally.class_size /= static_cast<double>(naming);
  if (tally.answered_right.of > 0) tally.stated /= static_cast<double>(tally.answered_right.of);
  tally.decision_ms = all_trials > 0 ? asking_ms / all_trials : 0;
  tally.trials = spread_of(std::move(trials));
  tally.rounds = spread_of(std::move(rounds));
  tally.cost = spread_of(std::move(cost));
  return tally;
}

}  // namespace leakbisect::bench
