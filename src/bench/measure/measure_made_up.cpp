#include "bench/measure/measure_made_up.hpp"

#include "bench/measure/measure_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace leakbisect::bench {

namespace {

using stats::Metric;
using stats::Sample;
using stats::Series;

constexpr double hz = 10;
constexpr double process_sd = 0.05;  // how much the warm-up of two processes differs
constexpr double sizes[] = {100, 330, 1000, 4000, 10000};
constexpr double settled_sizes[] = {100, 330, 1000};

/// A sawtooth whose period varies from tooth to tooth.
class Sawtooth {
 public:
  Sawtooth(double height, double period_s, std::mt19937_64& random)
      : height_(height), period_s_(period_s), fill_(uniform(random, 0, 1)) {
    draw(random);
  }
  double next(double dt_s, std::mt19937_64& random) {
    fill_ += dt_s / now_s_;
    if (fill_ >= 1) {
      fill_ = 0;
      draw(random);
    }
    return height_ * fill_ * now_s_ / period_s_;
  }

 private:
  void draw(std::mt19937_64& random) { now_s_ = period_s_ * uniform(random, 0.8, 1.2); }
  double height_;
  double period_s_;
  double fill_;
  double now_s_ = 1;
};

// What has leaked so far.
double leaked(const MadeUp& server, double n, double age_s) {
  double requests = n;
  if (server.begins_s > 0) requests = std::max(0.0, n - server.rate * server.begins_s);
  if (server.leaks_every_s > 0)
    requests = server.rate * server.leaks_every_s * std::floor(age_s / server.leaks_every_s);
  return server.leak * (1 - server.failing) * requests;
}

/// What stays reachable at a request count and an age, luck left out. `leaked`: in the pages.
double retained(const MadeUp& server, double leaked, double n, double age_s) {
  return leaked + server.warmup * (1 - std::exp(-n / server.warmup_requests)) +
         server.logarithmic * std::log1p(n / 50) +
         server.cache * std::min(1.0, age_s / server.cache_s);
}

double settled_reading(const MadeUp& server, double heap, std::mt19937_64& random) {
  double y = heap + server.settled_sd * normal(random);
  if (uniform(random, 0, 1) < server.settled_incomplete)
    y -= server.settled_left * std::log(1 - uniform(random, 0, 1));
  return y;
}

// Of the host's memory, of what is beside the pages.
double beside_reading(double base, double leaked, std::mt19937_64& random) {
  constexpr double reading_sd = 4096;
  return base + leaked + reading_sd * normal(random);
}

// When the host stands still next, and until when.
class Stalls {
 public:
  Stalls(const MadeUp& server, std::mt19937_64& random) : server_(server) {
    if (server.stall_every_s > 0) draw(0, random);
  }
  bool stands_at(double t, std::mt19937_64& random) {
    if (server_.stall_every_s <= 0 || t < next_s_) return false;
    if (t < next_s_ + server_.stall_s) return true;
    draw(t, random);
    return false;
  }

 private:
  void draw(double t, std::mt19937_64& random) {
    next_s_ = t + server_.stall_every_s * uniform(random, 0.5, 1.5);
  }
  const MadeUp& server_;
  double next_s_ = 0;
};

}  // namespace

double uniform(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
}

double log_uniform(std::mt19937_64& random, double low, double high) {
  return std::exp(uniform(random, std::log(low), std::log(high)));
}

double normal(std::mt19937_64& random) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(random, 0, 1)));
  return radius * std::cos(2 * std::acos(-1.0) * uniform(random, 0, 1));
}

MadeUp any_server(std::mt19937_64& random) {
  const auto sometimes = [&random](double share, double value) {
    return uniform(random, 0, 1) < share ? value : 0;
  };
  MadeUp server;
  server.rate = log_uniform(random, 50, 1000);
  server.warmup = log_uniform(random, 1e5, 5e7);
  server.warmup_requests = log_uniform(random, 50, 8000);
  server.logarithmic = sometimes(0.3, log_uniform(random, 1e5, 2e6));
  server.cache = sometimes(0.2, log_uniform(random, 1e6, 3e7));
  server.cache_s = uniform(random, 10, 40);
  server.sawtooth = sometimes(0.5, log_uniform(random, 1e5, 1e7));
  server.sawtooth_s = log_uniform(random, 0.5, 15);
  server.steps_sd = sometimes(0.5, log_uniform(random, 3e4, 3e6));
  server.ar_sd = log_uniform(random, 1e3, 3e5);
  server.ar = uniform(random, 0, 0.98);
  if (sometimes(0.1, 1) > 0) server.restart_s = uniform(random, 15, 30);
  server.heap_share = sometimes(0.4, uniform(random, 0, 1) < 0.75 ? 1 : 0.1);
  server.heap_sawtooth = log_uniform(random, 5e5, 3e7);
  server.heap_sawtooth_s = log_uniform(random, 0.5, 15);
  return server;
}

MadeUp settled_server(std::mt19937_64& random) {
  MadeUp server;
  server.rate = log_uniform(random, 50, 500);
  server.warmup = log_uniform(random, 1e5, 3e6);
  server.warmup_requests = log_uniform(random, 50, 2000);
  server.logarithmic = log_uniform(random, 3e4, 3e5);
  server.sawtooth = log_uniform(random, 1e6, 1e7);
  server.steps_sd = log_uniform(random, 1e5, 3e6);
  server.ar_sd = log_uniform(random, 3e4, 3e5);
  server.settled_every_s = log_uniform(random, 0.25, 2);
  server.settled_sd = log_uniform(random, 3e3, 165e3);
  server.settled_incomplete = uniform(random, 0, 1) < 0.5 ? 0.03 : 0;
  server.settled_left = log_uniform(random, 3e5, 3e6);
  return server;
}

Series record(const MadeUp& recipe, std::mt19937_64& random) {
  MadeUp server = recipe;
  for (double* part : {&server.warmup, &server.logarithmic, &server.cache, &server.warmup_requests})
    *part *= 1 + process_sd * normal(random);
  Sawtooth tooth(server.sawtooth, server.sawtooth_s, random);
  Sawtooth heap_tooth(server.heap_sawtooth, server.heap_sawtooth_s, random);
  Series series;
  double noise = 0, step = 0, n = 0, born_n = 0, settled_s = 0;
  int generation = 0;
  Stalls stalls(server, random);
  double lost = 0;
  for (int i = 0; i < server.seconds * hz; ++i) {
    const double t = i / hz;
    if (stalls.stands_at(t, random)) continue;
    const bool born = static_cast<int>(t / server.restart_s) != generation;
    if (born) {
      generation = static_cast<int>(t / server.restart_s);
      born_n = n;
      step = 0;
    }
    const double answered = server.halved_at > 0 ? 1 / (1 + lost / server.halved_at) : 1;
    if (i > 0) n += answered * server.rate / hz;
    noise =
        server.ar * noise + std::sqrt(1 - server.ar * server.ar) * server.ar_sd * normal(random);
    if (uniform(random, 0, 1) < 1 / hz / server.step_every_s)
      step += server.steps_sd * normal(random);
    const double age_s = t - generation * server.restart_s;
    const double here_s = generation > 0 ? age_s : t;
    lost = leaked(server, n - born_n, here_s);
    const bool is_beside = server.leaks_in != Metric::anon;
    const double kept = 40e6 + retained(server, is_beside ? 0 : lost, n - born_n, here_s);
    Sample sample;
    sample.t_s = t;
    sample.requests = std::floor(n);
    sample.newest_pid = 100 + generation;
    sample.at(Metric::anon) = born ? 10e6 : kept + noise + step + tooth.next(1 / hz, random);
    const double garbage = heap_tooth.next(1 / hz, random);
    const double missing = (1 - server.heap_share) * server.leak * (n - born_n);
    if (server.heap_share > 0 && i % 5 == 0)
      sample.at(Metric::heap_used) = kept - 20e6 - missing + garbage;
    if (server.settled_every_s > 0 && t >= settled_s) {
      sample.at(Metric::settled) =
          settled_reading(server, kept - (1 - server.settled_share) * lost, random);
      settled_s += server.settled_every_s;
    }
    for (const Metric metric : {Metric::shared, Metric::kernel})
      if (is_beside)
        sample.at(metric) = beside_reading(1e6, metric == server.leaks_in ? lost : 0, random);
    series.push_back(sample);
  }
  return series;
}

Case made_up_case(const std::string& set, MadeUp server, double leak, int number, double t_max_s,
                  std::mt19937_64& random) {
  server.seconds = t_max_s;
  MadeUp leaking = server;
  leaking.leak = leak;
  const std::string name = fmt::format("server {}", number);
  Case one{set, name, {{record(server, random)}, {record(leaking, random)}, leak, t_max_s}, {}, 0};
  one.runs = {{name + " clean", std::make_shared<const Series>(record(server, random)), false},
              {name + " leaking", std::make_shared<const Series>(record(leaking, random)), true}};
  return one;
}

std::vector<Case> made_up_cases(int servers, std::uint64_t seed, double t_max_s) {
  std::vector<Case> cases;
  for (const double leak : sizes) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < servers; ++i) {
      const MadeUp server = any_server(random);
      cases.push_back(
          made_up_case(fmt::format("made-up {:.0f} B", leak), server, leak, i, t_max_s, random));
    }
  }
  for (const double leak : settled_sizes) {
    std::mt19937_64 random(seed + 1);
    for (int i = 0; i < servers; ++i) {
      const MadeUp server = settled_server(random);
      cases.push_back(
          made_up_case(fmt::format("settled {:.0f} B", leak), server, leak, i, t_max_s, random));
    }
  }
  return cases;
}

}  // namespace leakbisect::bench
