#include "bench/measure/measure_cases.hpp"
#include "bench/measure/measure_made_up.hpp"

#include <fmt/format.h>

#include <functional>

namespace leakbisect::bench {

namespace {

using stats::Metric;

constexpr double leak = 1000;        // bytes per request
constexpr double watched_s = 240;    // of what begins late, or comes in steps
constexpr double heap_share = 0.02;  // of the leak that a collected heap shows

// A set: what is the matter with a server, and what with each of its runs.
struct Trouble {
  std::string name;
  double seconds = 0;  // that a run is followed; 0: as long as any
  std::function<void(MadeUp&, std::mt19937_64&)> of_server{};
  std::function<void(MadeUp&, std::mt19937_64&)> of_run{};
};

void is_quiet(MadeUp& server, std::mt19937_64& random) {
  server.warmup = log_uniform(random, 1e5, 1e7);
  server.sawtooth = 0;
  server.restart_s = 1e9;
  server.heap_share = 0;
}

std::vector<Trouble> troubles() {
  const auto leaks_in = [](Metric metric) {
    return [metric](MadeUp& server, std::mt19937_64&) {
      server.leaks_in = metric;
      server.heap_share = server.heap_share > 0 ? 1 : 0;
    };
  };
  return {
      {"leak in shared memory", 0, leaks_in(Metric::shared)},
      {"leak in the kernel", 0, leaks_in(Metric::kernel)},
      {"native leak, quiet heap", 0,
       [](MadeUp& server, std::mt19937_64& random) {
         server = settled_server(random);
         server.settled_share = heap_share;
       }},
      {"leak begins late", watched_s,
       [](MadeUp& server, std::mt19937_64& random) {
         is_quiet(server, random);
         server.begins_s = uniform(random, 40, 120);
       }},
      {"leak in steps", watched_s,
       [](MadeUp& server, std::mt19937_64& random) {
         is_quiet(server, random);
         server.leaks_every_s = uniform(random, 15, 45);
       }},
      {"some requests fail",
       0,
       {},
       [](MadeUp& server, std::mt19937_64& random) { server.failing = uniform(random, 0, 0.1); }},
      {"the host stands still",
       0,
       {},
       [](MadeUp& server, std::mt19937_64& random) {
         server.stall_every_s = log_uniform(random, 6, 30);
         server.stall_s = log_uniform(random, 0.5, 4);
       }},
      {"the leak slows it down", 0,
       [](MadeUp& server, std::mt19937_64& random) {
         server.restart_s = 1e9;
         server.halved_at = log_uniform(random, 0.3, 3) * leak * server.rate * 60;
       }},
  };
}

Case case_of(const Trouble& trouble, int number, double t_max_s, std::mt19937_64& random) {
  MadeUp server = any_server(random);
  if (trouble.of_server) trouble.of_server(server, random);
  server.seconds = t_max_s;
  const auto run = [&](bool leaks) {
    MadeUp one = server;
    one.leak = leaks ? leak : 0;
    if (trouble.of_run) trouble.of_run(one, random);
    return record(one, random);
  };
  const std::string name = fmt::format("server {}", number);
  Case one{trouble.name, name, {{run(false)}, {run(true)}, leak, t_max_s}, {}, 0};
  one.controls.is_watched = true;
  one.runs = {{name + " clean", std::make_shared<const stats::Series>(run(false)), false},
              {name + " leaking", std::make_shared<const stats::Series>(run(true)), true}};
  return one;
}

}  // namespace

std::vector<Case> trouble_cases(int servers, std::uint64_t seed, double t_max_s) {
  std::vector<Case> cases;
  for (const Trouble& trouble : troubles()) {
    std::mt19937_64 random(seed + 3);
    for (int i = 0; i < servers; ++i)
      cases.push_back(case_of(trouble, i, trouble.seconds > 0 ? trouble.seconds : t_max_s, random));
  }
  return cases;
}

}  // namespace leakbisect::bench
