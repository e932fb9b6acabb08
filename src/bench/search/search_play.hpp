#pragma once

// Plays one instance against one strategy as the hunt would, and adds up what many games showed.

#include "bench/search/search_cell.hpp"

namespace leakbisect::bench {

struct Game {
  double trials = 0;
  double rounds = 0;  ///< or time, in mean trials, when slots are refilled apart
  double cost = 0;
  bool has_answer = false;  ///< culprit, none or the good end; else undecided, stuck or cut
  Grade grade;
  double confidence = 0;
  double slowest_ms = 0;  ///< the slowest ask or tell
  double asking_ms = 0;   ///< all of them
};

Game play(const Instance& instance, strategies::Strategy& strategy, const Cell& cell,
          std::uint64_t key);

/// A share with its Wilson 95% interval.
struct Proportion {
  std::size_t hits = 0;
  std::size_t of = 0;
  [[nodiscard]] double share() const { return of == 0 ? 0 : double(hits) / double(of); }
  [[nodiscard]] double low() const;
  [[nodiscard]] double high() const;
};

/// A mean with the half-width of its 95% interval, and quantiles.
struct Spread {
  double mean = 0;
  double half_width = 0;
  double p50 = 0;
  double p95 = 0;
};
Spread spread_of(std::vector<double> values);

/// What a strategy did in a cell.
struct Tally {
  Spread trials, rounds, cost;
  Proportion right, exact, accusing, undecided;
  double recall = 0;
  double class_size = 0;      ///< mean over answers that name somebody
  double stated = 0;          ///< mean stated confidence of answers
  Proportion answered_right;  ///< right ones among the answers: what `stated` promises
  Proportion near_99;         ///< right ones among answers stated at 0.985 to 0.995
  double decision_ms = 0;     ///< mean of ask and tell together, a trial
  double slowest_ms = 0;
};
Tally tally_of(const std::vector<Game>& games);

}  // namespace leakbisect::bench
