#include "strategies/rules/design.hpp"

#include "strategies/rules/prediction.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr int draws_each = 6;          ///< random configurations for each rate and risk
constexpr double least_chance = 1e-3;  ///< to run, of what is tried at all
constexpr int blind_draws = 20;
constexpr double blind_rate = 0.6;
constexpr std::size_t rules_tested = 3;
constexpr double likely_rule = 0.2;  ///< a rule of which a test may end the search, and prove it
constexpr double preference = 1.1;   ///< for that test, which saves one of the proof
constexpr double curiosity = 0.125;  ///< bits that learning what is essential is worth at most
constexpr double enough_fresh = 8;   ///< units whose being dispensable is worth all of that
constexpr double reluctance =
    0.02;  ///< of the order of doubtful units: those of one failure stay together
constexpr std::array<double, 4> on_rates{0.5, 0.55, 0.65, 0.8};
constexpr std::array<double, 5> low_rates{0.35, 0.2, 0.1, 0.05, 0.02};
constexpr std::array<double, 4> risks{0.3, 0.45, 0.6, 0.8};  ///< least chance to run

class Designer {
 public:
  Designer(const DesignInputs& in, std::span<const Configuration> running, Draws draws)
      : in_(in), running_(running), draws_(draws), prediction_(in.belief, in.error, in.adds_up) {
    for (const Configuration& trial : running) prediction_.expect(flags_of(in.movable, trial));
  }

  Ask choose() {
    best_ = {bad_end(in_.space), "all on", -1};
    const bool is_blind = in_.choice == Choice::blind;
    if (is_blind && !in_.testability.saw_broken()) {
      for (int i = 0; i < blind_draws && best_.bits < 0; ++i) {
        consider(draw(blind_rate, 0), "splits the units");
      }
      if (best_.bits >= 0) return std::move(best_);
    }
    if (!is_blind) test_rules();
    for (const double rate : on_rates) draw_some(rate);
    if (!in_.adds_up || in_.belief.best().rule.size() > 3) {
      for (const double rate : low_rates) draw_some(rate);
    }
    return std::move(best_);
  }

 private:
  /// The likeliest rules alone, and without them.
  void test_rules() {
    const auto& rules = in_.belief.rules();
    for (std::size_t i = 0; i < std::min(rules_tested, rules.size()); ++i) {
      if (rules[i].rule.empty()) continue;
      const std::vector<UnitIndex> units = units_of(in_.movable, rules[i].rule);
      const bool is_likely = rules[i].probability >= likely_rule;
      is_proof_ = is_likely && rules[i].rule.size() == 1;
      consider(with_only(in_.space, units), "the accused alone");
      is_proof_ = is_likely && units.size() == rules[i].rule.size();
      consider(without(in_.space, units), "without the accused");
      is_proof_ = false;
      if (!in_.testability.saw_broken()) continue;
      std::vector<UnitIndex> needed = units;
      for (const UnitIndex unit : in_.movable) {
        if (!in_.testability.is_dispensable(unit)) needed.push_back(unit);
      }
      consider(with_only(in_.space, std::move(needed)), "the accused with what may be needed");
    }
  }

  void draw_some(double rate) {
    for (const double risk : risks) {
      if (!in_.testability.saw_broken() && risk != risks.front()) break;
      for (int i = 0; i < draws_each; ++i) consider(draw(rate, risk), "splits the suspects");
    }
  }

  /// Each unit off with 1 - rate. Once something did not run, units that may be needed are switched
  /// off only as long as the whole should run with `risk`, the least doubtful first.
  Configuration draw(double rate, double risk) {
    const double closed = in_.space.parents.targets.empty() ? 1 : draws_.uniform();
    std::vector<UnitIndex> off;
    std::vector<std::pair<double, UnitIndex>> doubtful;
    for (const UnitIndex unit : in_.movable) {
      const double essential = in_.testability.essential(unit);
      if (in_.testability.saw_broken() && essential > 0) {
        doubtful.emplace_back(essential * (1 + reluctance * draws_.uniform()), unit);
      } else if (draws_.uniform() < (1 - rate) * closed) {
        off.push_back(unit);
      }
    }
    std::sort(doubtful.begin(), doubtful.end());
    std::vector<UnitIndex> order;
    order.reserve(doubtful.size());
    for (const auto& [doubt, unit] : doubtful) order.push_back(unit);
    order.resize(runnable(order, risk));
    off.insert(off.end(), order.begin(), order.end());
    return without(in_.space, std::move(off));
  }

  /// How many of the first of `order` may be off so that the whole should run with `risk`; one if
  /// that could run at all.
  std::size_t runnable(std::span<const UnitIndex> order, double risk) const {
    const Testability& testability = in_.testability;
    if (order.empty() || testability.runs_without(order.first(1)) < least_chance) return 0;
    std::size_t low = 1;
    std::size_t high = order.size() + 1;
    for (std::size_t step = 8; low + step < high; step *= 2) {
      if (testability.runs_without(order.first(low + step)) < risk) high = low + step;
    }
    while (high - low > 1) {
      const std::size_t middle = (low + high) / 2;
      (testability.runs_without(order.first(middle)) < risk ? high : low) = middle;
    }
    return low;
  }

  void consider(Configuration configuration, std::string_view why) {
    if (std::ranges::find(running_, configuration) != running_.end()) return;
    if (std::ranges::find(in_.broken, configuration) != in_.broken.end()) return;
    const double runs = in_.testability.runs_without(configuration.off);
    if (runs < least_chance) return;
    const double bits = prediction_.bits(flags_of(in_.movable, configuration));
    const auto fresh = static_cast<double>(std::ranges::count_if(
        configuration.off, [&](UnitIndex unit) { return !in_.testability.is_dispensable(unit); }));
    const double learns = in_.testability.saw_broken() ? curiosity * binary_entropy(runs) *
                                                             std::min(1.0, fresh / enough_fresh)
                                                       : 0;
    const double score = runs * bits * (is_proof_ ? preference : 1) + learns;
    if (score <= best_.bits) return;
    best_ = {std::move(configuration), std::string(why), score, is_proof_};
  }

  const DesignInputs& in_;
  std::span<const Configuration> running_;
  Draws draws_;
  Prediction prediction_;
  bool is_proof_ = false;  ///< what is considered puts a likely rule to the test
  Ask best_;
};

}  // namespace

std::uint64_t Draws::next() {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::vector<UnitIndex> units_of(const std::vector<UnitIndex>& movable, const Rule& rule) {
  std::vector<UnitIndex> units;
  for (const Term& term : rule) {
    for (const UnitIndex unit : term.members()) units.push_back(movable[unit]);
  }
  std::sort(units.begin(), units.end());
  units.erase(std::unique(units.begin(), units.end()), units.end());
  return units;
}

std::optional<Ask> verifying(const SearchSpace& space, const ToggleEvidence& evidence,
                             bool saw_broken, const Rule& rule) {
  constexpr std::size_t units_compared_together = 2;
  constexpr std::size_t units_compared = 500;
  const std::vector<UnitIndex> units = units_of(evidence.movable(), rule);
  const bool is_compared =
      rule.front().size() <= units_compared_together && evidence.movable().size() <= units_compared;
  std::optional<Configuration> trial;
  if (rule.size() > 1) {
    trial = without(space, units);
  } else if (!is_compared && !saw_broken) {
    trial = with_only(space, units);
  }
  if (!trial || evidence.is_tried(*trial)) return std::nullopt;
  return Ask{*trial, "verifies the accused", 0, true};
}

Ask best_design(const DesignInputs& inputs, std::span<const Configuration> running, Draws draws) {
  return Designer(inputs, running, draws).choose();
}

}  // namespace leakbisect::strategies
