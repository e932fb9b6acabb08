#pragma once

// Made-up servers: memory curves with a known leak. A server is a recipe; a run of it is the recipe
// with luck of its own and a warm-up that differs a little, as two processes do.

#include "stats/series.hpp"

#include <cstdint>
#include <random>

namespace leakbisect::bench {

struct MadeUp {
  double seconds = 60;
  double rate = 200;              ///< requests per second
  double leak = 0;                ///< bytes per request
  double warmup = 0;              ///< bytes of an exponential warm-up ...
  double warmup_requests = 1000;  ///< ... and its constant
  double logarithmic = 0;         ///< bytes per factor e of requests: arenas, code caches
  double cache = 0;               ///< bytes of a cache that fills at a constant pace ...
  double cache_s = 30;            ///< ... for so long
  double sawtooth = 0;            ///< bytes between two collections ...
  double sawtooth_s = 4;          ///< ... so many seconds apart, give or take a fifth
  double steps_sd = 0;            ///< bytes: sd of a step of the heap ...
  double step_every_s = 10;       ///< ... mean time between them
  double ar_sd = 2e3;             ///< bytes: sd of an AR(1) noise, ten readings a second
  double ar = 0.8;
  double restart_s = 1e9;      ///< the process is replaced so often
  double heap_share = 0;       ///< share of the leak that a polled heap shows; 0: no heap
  double heap_sawtooth = 2e6;  ///< bytes of garbage between its collections
  double heap_sawtooth_s = 2;
  double settled_every_s = 0;                    ///< a forced collection is read so often; 0: never
  double settled_sd = 20e3;                      ///< bytes
  double settled_incomplete = 0;                 ///< share of collections that leave garbage ...
  double settled_left = 1e6;                     ///< ... bytes, exponentially distributed
  double settled_share = 1;                      ///< share of the leak that such a reading shows
  stats::Metric leaks_in = stats::Metric::anon;  ///< the leak is in this memory, not in the pages
  double begins_s = 0;                           ///< age at which the leak begins
  double leaks_every_s = 0;  ///< what leaked is lost at once, so often; 0: with each request
  double failing = 0;        ///< share of the requests that are answered, but never reach the leak
  double stall_every_s = 0;  ///< the host stands still so often, give or take half; 0: never ...
  double stall_s = 2;        ///< ... for so long: no request, no reading
  double halved_at = 0;      ///< bytes leaked at which only half of the requests are answered
};

/// A server drawn at random: half of them have a sawtooth, half have steps, some a cache, some
/// restart, some have a polled heap.
MadeUp any_server(std::mt19937_64& random);
/// A quiet managed runtime that is read after forced collections.
MadeUp settled_server(std::mt19937_64& random);

/// Draws from the uniform distributions of a value and of its logarithm.
double uniform(std::mt19937_64& random, double low, double high);
double log_uniform(std::mt19937_64& random, double low, double high);
/// A draw from the standard normal distribution (Box-Muller): the same on every standard library.
double normal(std::mt19937_64& random);

/// One run: another process of the same server.
stats::Series record(const MadeUp& server, std::mt19937_64& random);

}  // namespace leakbisect::bench
