// `one`: one at a time. Each unit is switched off alone, all others on. A unit is accused when the
// leak stops without it; where trials report slopes, also when the slope drops by more than noise
// explains, so that culprits which leak each on its own are seen. Units of which each stops the
// leak leak only together.

#include "strategies/script/toggle_script.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double significant = 4;        ///< standard errors: one false accusation in 30,000 units
constexpr double smallest_share = 0.05;  ///< of the whole leak, when no smallest slope is given

class One final : public ToggleScript {
 public:
  explicit One(const SearchSpace& space) : ToggleScript(space) {}

 private:
  Task<Answer> search() override {
    const std::optional<Answer> nothing_to_search = co_await look_at_ends();
    if (nothing_to_search) co_return *nothing_to_search;
    std::vector<Configuration> singles;
    for (const UnitIndex unit : movable()) singles.push_back(without(space(), {unit}));
    const std::vector<Finding> findings = co_await trials(singles, "this unit alone off");

    Units stopping;
    Units dropping;
    for (std::size_t i = 0; i < movable().size(); ++i) {
      if (findings[i] == Finding::clean) stopping.push_back(movable()[i]);
      if (findings[i] == Finding::leaking && drops(singles[i])) dropping.push_back(movable()[i]);
    }
    stopping = tips(stopping);
    dropping = tips(dropping);
    if (stopping.size() > 1) stopping = co_await needed_together(stopping);
    std::vector<Units> culprits;
    if (!stopping.empty()) culprits.push_back(stopping);
    if (stopping.empty()) {
      for (const UnitIndex unit : dropping) culprits.push_back({unit});
    }
    co_return co_await conclude(culprits);
  }

  /// Does the slope drop when this is off, by more than noise and than the smallest leak?
  [[nodiscard]] bool drops(const Configuration& configuration) const {
    const std::optional<Slope> all_on = ledger().slope(bad_end(space()));
    const std::optional<Slope> less = ledger().slope(configuration);
    if (!all_on || !less) return false;
    const double drop = all_on->value - less->value;
    const double error = std::hypot(all_on->error, less->error);
    const double smallest = space().smallest_slope.value_or(smallest_share * all_on->value);
    return drop > significant * error && drop >= smallest;
  }

  /// Those of `units` without which the others do not leak when nothing else is on.
  Task<Units> needed_together(const Units& units) {
    Units needed = units;
    for (const UnitIndex unit : units) {
      const Units fewer = difference(needed, {unit});
      const Configuration rest = only(fewer);
      const Finding finding = co_await trial(rest, "do the others leak without it");
      if (finding == Finding::leaking) needed = fewer;
    }
    co_return needed;
  }

  Task<Answer> conclude(const std::vector<Units>& culprits) {
    Answer answer;
    if (culprits.empty()) {
      answer.reason = "no single unit stops the leak: several leak independently; use split";
      co_return answer;
    }
    Units all;
    std::vector<Claim> claims;
    for (const Units& units : culprits) {
      all = merge(all, units);
      claim(claims, only(units), Finding::leaking);
      answer.culprits.push_back({units, 0, units});
    }
    accuse(all);
    claim(claims, without(space(), all), Finding::clean);
    const std::optional<double> confidence = co_await certify(std::move(claims));
    if (!confidence) {
      answer.reason = "switching the accused off, or only them on, did not confirm it; use split";
      co_return answer;
    }
    answer.kind = AnswerKind::culprit;
    answer.confidence = *confidence;
    for (Culprit& culprit : answer.culprits) culprit.probability = *confidence;
    answer.reason = "the leak stops without it, and is there with it alone";
    co_return answer;
  }
};

}  // namespace

std::unique_ptr<Strategy> make_one(const SearchSpace& space, const Prior&, std::uint64_t) {
  return std::make_unique<One>(space);
}

}  // namespace leakbisect::strategies
