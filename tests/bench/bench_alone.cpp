// How `measure --alone` judges looks of 7, 20 and 60 s: at 200 flat made-up servers that start up
// as Node and Python do, and at recorded flat ones (CSV files given as arguments), each as it is
// and with a leak of 16 KiB a request added. Seeded; prints a line a set and a length.
//
//   bench_alone [--seed N] [RUN.csv ...]

#include "base/files.hpp"
#include "bench/measure/measure_made_up.hpp"
#include "stats/decision.hpp"
#include "stats/resolution.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace {

using namespace leakbisect;
using bench::MadeUp;
using stats::Series;

constexpr int servers = 200;
constexpr double leak = 16 * 1024;  // bytes per request
constexpr double lengths_s[] = {7, 20, 60};

double uniform(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1.0p-53;
}

double log_uniform(std::mt19937_64& random, double low, double high) {
  return std::exp(uniform(random, std::log(low), std::log(high)));
}

// Half are read after forced collections, half by the kernel's figures with steps and sawteeth.
MadeUp flat_server(std::mt19937_64& random, double rate) {
  MadeUp server;
  server.rate = rate;
  server.warmup_requests = rate * log_uniform(random, 0.3, 10);
  if (uniform(random, 0, 1) < 0.5) {
    server.warmup = log_uniform(random, 5e4, 1.5e6);
    server.settled_every_s = log_uniform(random, 0.1, 0.5);
    server.settled_sd = log_uniform(random, 3e3, 5e4);
    server.steps_sd = uniform(random, 0, 1) < 0.5 ? log_uniform(random, 1e4, 2e5) : 0;
    return server;
  }
  server.warmup = log_uniform(random, 2e5, 8e6);
  server.sawtooth = uniform(random, 0, 1) < 0.5 ? log_uniform(random, 1e5, 4e6) : 0;
  server.sawtooth_s = log_uniform(random, 0.5, 5);
  server.steps_sd = uniform(random, 0, 1) < 0.5 ? log_uniform(random, 3e4, 1e6) : 0;
  server.ar_sd = log_uniform(random, 1e3, 2e5);
  server.ar = uniform(random, 0, 0.95);
  return server;
}

struct Tally {
  int leaking = 0, clean = 0, undecided = 0;
};

void judge(const Series& run, double length_s, Tally& tally) {
  stats::Options options;
  options.t_max_s = length_s;
  const double end_s = run.front().t_s + length_s;
  const auto decision = stats::judge_alone(stats::first_part(run, end_s), options);
  if (decision.verdict == stats::Verdict::leaking) ++tally.leaking;
  if (decision.verdict == stats::Verdict::clean) ++tally.clean;
  if (decision.verdict == stats::Verdict::undecided) ++tally.undecided;
}

void print(std::string_view set, double length_s, const Tally& tally) {
  fmt::print("{:<34} {:>3.0f} s: {:>3} leaking, {:>3} clean, {:>3} undecided\n", set, length_s,
             tally.leaking, tally.clean, tally.undecided);
}

void made_up(double rate, bool leaks, std::uint64_t seed) {
  Tally tallies[std::size(lengths_s)];
  std::mt19937_64 random(seed);
  for (int i = 0; i < servers; ++i) {
    MadeUp server = flat_server(random, rate);
    server.seconds = 61;
    if (leaks) server.leak = leak;
    const Series run = bench::record(server, random);
    for (std::size_t l = 0; l < std::size(lengths_s); ++l) judge(run, lengths_s[l], tallies[l]);
  }
  const auto set =
      fmt::format("made-up, {:.0f} requests/s, {}", rate, leaks ? "16 KiB/request" : "flat");
  for (std::size_t l = 0; l < std::size(lengths_s); ++l) print(set, lengths_s[l], tallies[l]);
}

Series with_leak(Series run) {
  for (stats::Sample& sample : run)
    for (const MetricTraits& row : metrics())
      if (row.part == MemoryPart::pages || row.part == MemoryPart::heap)
        sample.at(row.metric) += leak * sample.requests;
  return run;
}

int recorded(int count, char** files) {
  Tally flat[std::size(lengths_s)];
  Tally leaking[std::size(lengths_s)];
  for (int i = 0; i < count; ++i) {
    const auto text = read_file(files[i]);
    if (!text) return fmt::print(stderr, "{}\n", text.error().message), 1;
    const auto run = stats::parse_csv(*text);
    if (!run) return fmt::print(stderr, "{}: {}\n", files[i], run.error().message), 1;
    for (std::size_t l = 0; l < std::size(lengths_s); ++l) {
      judge(*run, lengths_s[l], flat[l]);
      judge(with_leak(*run), lengths_s[l], leaking[l]);
    }
  }
  for (std::size_t l = 0; l < std::size(lengths_s); ++l)
    print("recorded, flat", lengths_s[l], flat[l]);
  for (std::size_t l = 0; l < std::size(lengths_s); ++l)
    print("recorded, 16 KiB/request added", lengths_s[l], leaking[l]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 14;
  if (argc > 2 && std::string_view(argv[1]) == "--seed") {
    seed = std::strtoull(argv[2], nullptr, 10);
    argc -= 2;
    argv += 2;
  }
  fmt::print("seed {}\n", seed);
  for (const double rate : {50.0, 200.0})
    for (const bool leaks : {false, true}) made_up(rate, leaks, seed);
  return argc > 1 ? recorded(argc - 1, argv + 1) : 0;
}
