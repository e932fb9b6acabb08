#include "strategies/strategy.hpp"

#include <algorithm>

namespace leakbisect::strategies {

using Made = std::unique_ptr<Strategy>;

Made make_bayes(const SearchSpace& space, std::uint64_t seed);
Made make_bisect(const SearchSpace& space, std::uint64_t seed);
Made make_sparse(const SearchSpace& space, std::uint64_t seed);
Made make_pairs(const SearchSpace& space, std::uint64_t seed);
Made make_split(const SearchSpace& space, std::uint64_t seed);
Made make_ddmin(const SearchSpace& space, std::uint64_t seed);
Made make_linear(const SearchSpace& space, std::uint64_t seed);
Made make_one(const SearchSpace& space, std::uint64_t seed);

std::span<const StrategyInfo> strategies() {
  static const std::vector<StrategyInfo> table{
      {"bayes",
       "the trial that teaches most for its cost; for noisy trials and histories with merges",
       {Shape::history},
       true,
       make_bayes},
      {"bisect",
       "halve the history, as git bisect does; steps around untestable commits",
       {Shape::history},
       true,
       make_bisect},
      {"sparse",
       "weigh every rule that explains the slopes: several culprits cost hardly more than one",
       {Shape::toggles},
       true,
       make_sparse},
      {"pairs",
       "as sparse, when two units that leak only together are as likely as one",
       {Shape::toggles},
       true,
       make_pairs},
      {"split",
       "halve the units; finds several culprits, and sets that leak only together",
       {Shape::toggles},
       true,
       make_split},
      {"ddmin",
       "delta debugging: shrink the units that are on to a minimal set that leaks",
       {Shape::toggles},
       true,
       make_ddmin},
      {"linear",
       "one more unit off each time until the leak stops; commits oldest to newest",
       {Shape::history, Shape::toggles},
       true,
       make_linear},
      {"one",
       "each unit off alone; with slopes it sees culprits that add up",
       {Shape::toggles},
       true,
       make_one},
  };
  return table;
}

const StrategyInfo* find_strategy(std::string_view name) {
  const auto table = strategies();
  const auto has_name = [&](const StrategyInfo& info) { return info.name == name; };
  const auto found = std::find_if(table.begin(), table.end(), has_name);
  return found == table.end() ? nullptr : &*found;
}

const StrategyInfo& default_strategy(const SearchSpace& space) {
  return *find_strategy(space.shape == Shape::history ? "bayes" : "sparse");
}

}  // namespace leakbisect::strategies
