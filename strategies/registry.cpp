#include "strategies/strategy.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace leakbisect::strategies {

using Made = std::unique_ptr<Strategy>;

Made make_bayes(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_bisect(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_sparse(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_pairs(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_split(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_ddmin(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_ddmin_c(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_probdd(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_hdd(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_random(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_repeat(const SearchSpace& space, const Prior& prior, std::uint64_t seed, int times,
                 const StrategyInfo& beneath);
Made make_linear(const SearchSpace& space, const Prior& prior, std::uint64_t seed);
Made make_one(const SearchSpace& space, const Prior& prior, std::uint64_t seed);

namespace {

constexpr int usual_repeats = 3;
constexpr int most_repeats = 99;
constexpr std::string_view repeat_prefix = "repeat:";

/// What `repeat` repeats when no name is given.
const StrategyInfo& plain_search(const SearchSpace& space) {
  return *find_strategy(space.shape == Shape::history ? "bisect" : "split");
}

Made make_repeated(const SearchSpace& space, const Prior& prior, std::uint64_t seed) {
  return make_repeat(space, prior, seed, usual_repeats, plain_search(space));
}

/// "R" or "R:NAME" after the prefix; nothing when it is neither.
std::optional<StrategyInfo> repeated(std::string_view name, std::string_view text) {
  int times = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), times);
  if (error != std::errc() || times < 1 || times > most_repeats) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  StrategyInfo info = *find_strategy("repeat");
  info.name = name;
  if (text.empty()) {
    info.make = [times](const SearchSpace& space, const Prior& prior, std::uint64_t seed) {
      return make_repeat(space, prior, seed, times, plain_search(space));
    };
    return info;
  }
  if (text.front() != ':') return std::nullopt;
  const StrategyInfo* beneath = find_strategy(text.substr(1));
  if (beneath == nullptr) return std::nullopt;
  info.shapes = beneath->shapes;
  info.make = [times, beneath](const SearchSpace& space, const Prior& prior, std::uint64_t seed) {
    return make_repeat(space, prior, seed, times, *beneath);
  };
  return info;
}

}  // namespace

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
      {"ddmin-c", "delta debugging by complements only", {Shape::toggles}, true, make_ddmin_c},
      {"probdd",
       "probabilistic delta debugging: take away what is least probably needed",
       {Shape::toggles},
       false,
       make_probdd},
      {"hdd",
       "hierarchical delta debugging: groups and what others need first",
       {Shape::toggles},
       true,
       make_hdd},
      {"random",
       "as sparse, with configurations drawn blindly",
       {Shape::toggles},
       true,
       make_random},
      {"repeat",
       "repeat:R, each trial R times and the majority counts; bisect or split, or repeat:R:NAME",
       {Shape::history, Shape::toggles},
       true,
       make_repeated},
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
  if (found != table.end()) return &*found;
  if (!name.starts_with(repeat_prefix)) return nullptr;
  static std::map<std::string, StrategyInfo, std::less<>> made;
  const auto known = made.find(name);
  if (known != made.end()) return &known->second;
  std::optional<StrategyInfo> info = repeated(name, name.substr(repeat_prefix.size()));
  if (!info) return nullptr;
  return &made.emplace(std::string(name), std::move(*info)).first->second;
}

const StrategyInfo& default_strategy(const SearchSpace& space) {
  return *find_strategy(space.shape == Shape::history ? "bayes" : "sparse");
}

}  // namespace leakbisect::strategies
