#pragma once

// Made-up memory curves with a known leak, for tests: every curve is a pure function of its recipe.

#include "stats/series.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace leakbisect::stats::synthetic {

struct Recipe {
  double seconds = 60;
  double rate = 200;              ///< requests per second
  double hz = 10;                 ///< samples per second
  double leak = 0;                ///< bytes per request
  double base = 40e6;             ///< bytes at the start
  double warmup = 0;              ///< bytes gained by an exponential warm-up
  double warmup_requests = 1000;  ///< its time constant
  double cache = 0;               ///< bytes of a cache that fills at a constant rate ...
  double cache_s = 30;            ///< ... for so long
  double sawtooth = 0;            ///< bytes between two collections
  double sawtooth_s = 4;          ///< time between them
  double ar_sd = 2e3;             ///< sd of an AR(1) noise of each sample
  double ar = 0.8;
  double steps_sd = 0;      ///< sd of the jump that a step (one in ten seconds) makes
  double restart_s = 1e9;   ///< the process is replaced so often
  double idle_every_s = 0;  ///< load stops in every second period of this length
  unsigned seed = 1;
  Metric metric = Metric::anon;
};

inline Series make(const Recipe& recipe) {
  std::mt19937 random(recipe.seed);
  std::normal_distribution<double> normal;
  const double phase = std::uniform_real_distribution<double>()(random);
  Series series;
  double noise = 0;
  double step = 0;
  double requests = 0;
  double requests_before = 0;
  int generation = 0;
  for (int i = 0; i < recipe.seconds * recipe.hz; ++i) {
    const double t = i / recipe.hz;
    const int now = static_cast<int>(t / recipe.restart_s);
    if (now != generation) {
      generation = now;
      requests_before = requests;
      step = 0;
    }
    const double age = t - generation * recipe.restart_s;
    const bool idle = recipe.idle_every_s > 0 && static_cast<int>(t / recipe.idle_every_s) % 2 == 1;
    if (i > 0 && !idle) requests += recipe.rate / recipe.hz;
    noise =
        recipe.ar * noise + std::sqrt(1 - recipe.ar * recipe.ar) * recipe.ar_sd * normal(random);
    const bool steps = std::uniform_real_distribution<double>()(random) < 0.1 / recipe.hz;
    if (steps) step += recipe.steps_sd * normal(random);
    const double n = requests - requests_before;
    const double tooth = age / recipe.sawtooth_s + phase;
    double y = recipe.base + recipe.leak * n + noise + step;
    y += recipe.warmup * (1 - std::exp(-n / recipe.warmup_requests));
    y += recipe.cache * std::min(1.0, age / recipe.cache_s);
    y += recipe.sawtooth * (tooth - std::floor(tooth));
    Sample sample;
    sample.t_s = t;
    sample.requests = std::floor(requests);
    sample.newest_pid = 100 + generation;
    sample.at(recipe.metric) = generation > 0 && age == 0 ? recipe.base / 4 : y;
    series.push_back(sample);
  }
  return series;
}

}  // namespace leakbisect::stats::synthetic
