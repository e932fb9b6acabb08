// The part of `leakbisect-bench search` that every build runs: cells at a small share of their
// instances, held to the figures of a full run. Seeded: a failure is a change of the strategy, not
// bad luck.

#include "bench/search/search_play.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace leakbisect;
using namespace leakbisect::bench;

namespace {

struct Pinned {
  const char* cell;
  std::size_t instances;
  Measured what;
  double mean;   ///< of a full run
  double right;  ///< share that is wanted
};

const std::vector<Pinned> pinned{
    {"L-N100-e0", 60, Measured::trials, 6.69, 1},
    {"L-N1000-e0.05", 60, Measured::trials, 16.2, 0.99},
    {"L-N1000-e0.2", 30, Measured::trials, 43, 0.985},
    {"L-soft-e0.05", 60, Measured::trials, 13.5, 0.99},
    {"L-mis-x1.5-a0.05", 60, Measured::trials, 18.7, 0.98},
    {"L-cost-e0.05", 60, Measured::cost, 73, 0.99},
    {"L-par-k8-sync", 40, Measured::rounds, 4.35, 0.99},
    {"L-unt30run20-e0.05", 30, Measured::trials, 31.5, 0.99},
    {"L-sticky3", 60, Measured::trials, 18, 0.98},
    {"L-steps2-soft", 60, Measured::trials, 20, 0.98},
    {"L-none", 60, Measured::trials, 11, 0.99},
    {"D-pm0.35-e0.05", 30, Measured::trials, 18, 0.99},
};

}  // namespace

TEST_CASE("no cell takes more trials, or errs more often, than a full run has shown") {
  const std::vector<Cell> cells = commit_cells();
  for (const Pinned& wanted : pinned) {
    CAPTURE(wanted.cell);
    const auto cell = std::find_if(cells.begin(), cells.end(),
                                   [&](const Cell& c) { return c.id == wanted.cell; });
    REQUIRE(cell != cells.end());
    std::vector<Game> games;
    for (std::size_t i = 0; i < wanted.instances; ++i) {
      const std::uint64_t key = key_of(key_of(11, cell->id), i);
      const auto instance = cell->make(key);
      const auto strategy = strategies::default_strategy(instance->space())
                                .make(instance->space(), instance->space().prior, key);
      games.push_back(play(*instance, *strategy, *cell, key));
    }
    const Tally tally = tally_of(games);
    const Spread& spread = wanted.what == Measured::cost     ? tally.cost
                           : wanted.what == Measured::rounds ? tally.rounds
                                                             : tally.trials;
    const double sigma = spread.half_width / 1.96;
    CAPTURE(spread.mean);
    CAPTURE(sigma);
    const bool is_worse = spread.mean > 1.05 * wanted.mean && spread.mean > wanted.mean + 3 * sigma;
    CHECK_FALSE(is_worse);
    const auto n = static_cast<double>(wanted.instances);
    const double luck = 3 * std::sqrt(n * wanted.right * (1 - wanted.right));
    CHECK(static_cast<double>(tally.right.hits) >= std::floor(n * wanted.right - luck));
  }
}
