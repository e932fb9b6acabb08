// Error rates of the template rule on made-up servers: bench_synthetic [SERVERS_PER_SIZE] [SEED].
// Every server has its own random warm-up, sawtooth, steps and noise; its two controls, a clean and
// a leaking run differ in luck only (and a little in warm-up, as processes do).

#include "stats/decision.hpp"
#include "unit/stats/synthetic.hpp"

#include <fmt/format.h>

#include <random>
#include <string>

namespace {

using namespace leakbisect;
using namespace leakbisect::stats;
using synthetic::Recipe;

double log_uniform(std::mt19937& random, double low, double high) {
  return std::exp(std::uniform_real_distribution<double>(std::log(low), std::log(high))(random));
}

Recipe any_server(std::mt19937& random) {
  const auto sometimes = [&random](double value) { return random() % 2 == 0 ? value : 0; };
  Recipe recipe;
  recipe.rate = log_uniform(random, 50, 1000);
  recipe.warmup = log_uniform(random, 1e5, 5e7);
  recipe.warmup_requests = log_uniform(random, 50, 8000);
  recipe.sawtooth = sometimes(log_uniform(random, 1e5, 1e7));
  recipe.sawtooth_s = log_uniform(random, 0.5, 15);
  recipe.steps_sd = sometimes(log_uniform(random, 3e4, 3e6));
  recipe.ar_sd = log_uniform(random, 1e3, 3e5);
  recipe.ar = std::uniform_real_distribution<double>(0, 0.98)(random);
  return recipe;
}

Series run(Recipe recipe, double leak, std::mt19937& random) {
  recipe.leak = leak;
  recipe.seed = random();
  recipe.warmup *= std::normal_distribution<double>(1, 0.05)(random);
  return synthetic::make(recipe);
}

struct Row {
  int refused = 0, runs = 0, wrong_clean = 0, wrong_leaking = 0, open = 0, brief = 0;
  double seconds = 0;
};

void judge(Row& row, const Series& series, Verdict truth, const std::shared_ptr<const Ends>& ends) {
  const auto decision = replay(series, ends, {});
  ++row.runs;
  row.seconds += decision.verdict == Verdict::undecided ? 60 : decision.decided_at_s;
  if (decision.verdict == Verdict::undecided)
    ++row.open;
  else if (decision.verdict != truth)
    ++(truth == Verdict::clean ? row.wrong_clean : row.wrong_leaking);
}

}  // namespace

int main(int argc, char** argv) {
  const int servers = argc > 1 ? std::stoi(argv[1]) : 60;
  const unsigned seed = argc > 2 ? static_cast<unsigned>(std::stoul(argv[2])) : 1;
  fmt::print("seed {}, {} servers a size, a clean and a leaking run each\n", seed, servers);
  fmt::print("{:>8} {:>8} {:>6} {:>7} {:>6} {:>12} {:>10} {:>7}\n", "B/req", "refused", "runs",
             "brief", "wrong", "clean/leaks", "undecided", "mean s");
  for (const double leak : {100.0, 330.0, 1000.0, 4000.0, 10000.0}) {
    std::mt19937 random(seed);
    Row row;
    for (int i = 0; i < servers; ++i) {
      const Recipe server = any_server(random);
      const auto ends = Ends::calibrate({run(server, 0, random)}, {run(server, leak, random)}, {});
      const auto clean = run(server, 0, random);
      const auto leaking = run(server, leak, random);
      if (!ends) {
        ++row.refused;
        continue;
      }
      if ((*ends)->look_interval_s() < 2) ++row.brief;
      judge(row, clean, Verdict::clean, *ends);
      judge(row, leaking, Verdict::leaking, *ends);
    }
    fmt::print("{:8.0f} {:8} {:6} {:7} {:6} {:>12} {:10} {:7.1f}\n", leak, row.refused, row.runs,
               row.brief, row.wrong_clean + row.wrong_leaking,
               fmt::format("{} / {}", row.wrong_clean, row.wrong_leaking), row.open,
               row.runs > 0 ? row.seconds / row.runs : 0);
  }
  return 0;
}
