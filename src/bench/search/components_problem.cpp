#include "bench/search/components_problem.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace leakbisect::bench {
namespace {

using strategies::Answer;
using strategies::AnswerKind;
using strategies::Configuration;
using strategies::Culprit;
using strategies::Outcome;
using strategies::OutcomeKind;
using strategies::UnitIndex;
using strategies::Verdict;

constexpr double threshold = 0.5;  ///< slope at which a verdict changes; leaks begin at 1

class ComponentInstance final : public Instance {
 public:
  ComponentInstance(ComponentProblem problem, std::uint64_t key)
      : problem_(std::move(problem)), key_(key) {}

  [[nodiscard]] const strategies::SearchSpace& space() const override { return problem_.space; }

  [[nodiscard]] Outcome run(const Configuration& configuration, const Visit& visit) const override {
    Outcome outcome;
    outcome.cost_s = 1;
    if (!runs(configuration)) {
      outcome.kind = OutcomeKind::untestable;
      return outcome;
    }
    Luck luck(key_of_trial(key_, configuration, visit.of_configuration));
    const double slope = slope_of(configuration);
    if (problem_.verdicts_only) return verdict_of(slope > 0, luck);
    const double error = problem_.heavy_tails ? luck.heavy() : luck.normal();
    const double read = slope + problem_.drift * static_cast<double>(visit.number) +
                        problem_.inflation * problem_.spread * error;
    return read_as(read);
  }

  [[nodiscard]] std::vector<Told> controls() const override {
    std::vector<Told> told;
    if (problem_.no_controls) return told;
    for (const bool is_bad : {true, false}) {
      const Configuration end =
          is_bad ? strategies::bad_end(problem_.space) : strategies::good_end(problem_.space);
      const Outcome outcome = run(end, {});
      const bool leaks = slope_of(end) > 0;
      told.push_back(sure_control(end, leaks, outcome.slope, outcome.slope_se));
      told.back().outcome.kind = outcome.kind;
    }
    return told;
  }

  [[nodiscard]] Grade grade(const Answer& answer) const override {
    Grade grade;
    const std::set<std::vector<UnitIndex>> truth(problem_.culprits.begin(),
                                                 problem_.culprits.end());
    std::set<std::vector<UnitIndex>> named;
    for (const Culprit& culprit : answer.culprits) {
      std::vector<UnitIndex> units = culprit.units;
      std::sort(units.begin(), units.end());
      grade.accuses = grade.accuses || !truth.contains(units);
      grade.class_size += units.size();
      named.insert(std::move(units));
    }
    const auto found = static_cast<double>(std::ranges::count_if(
        truth, [&](const std::vector<UnitIndex>& units) { return named.contains(units); }));
    const bool is_none = answer.kind == AnswerKind::none;
    grade.recall = truth.empty() ? is_none : found / static_cast<double>(truth.size());
    grade.exact = truth.empty() ? is_none : named == truth;
    grade.right = grade.exact;
    return grade;
  }

 private:
  [[nodiscard]] bool is_off(const Configuration& configuration, UnitIndex unit) const {
    return std::binary_search(configuration.off.begin(), configuration.off.end(), unit);
  }

  [[nodiscard]] bool runs(const Configuration& configuration) const {
    if (problem_.essential.empty()) return true;
    return std::ranges::none_of(configuration.off,
                                [&](UnitIndex unit) { return problem_.essential[unit]; });
  }

  [[nodiscard]] double slope_of(const Configuration& configuration) const {
    double slope = 0;
    for (std::size_t i = 0; i < problem_.culprits.size(); ++i) {
      const bool is_active = std::ranges::none_of(
          problem_.culprits[i], [&](UnitIndex unit) { return is_off(configuration, unit); });
      if (is_active) slope += problem_.sizes[i];
    }
    return slope;
  }

  [[nodiscard]] Outcome verdict_of(bool leaks, Luck& luck) const {
    const strategies::Noise& noise = problem_.space.noise;
    const double wrong = problem_.inflation * (leaks ? noise.false_negative : noise.false_positive);
    Outcome outcome;
    outcome.cost_s = 1;
    outcome.verdict = leaks != luck.chance(wrong) ? Verdict::leaking : Verdict::clean;
    return outcome;
  }

  // The ratio of a leak of size 1 to none, for a normal slope.
  [[nodiscard]] Outcome read_as(double slope) const {
    Outcome outcome;
    outcome.cost_s = 1;
    outcome.slope = slope;
    outcome.slope_se = problem_.spread;
    outcome.llr =
        std::clamp((slope - threshold) / (problem_.spread * problem_.spread), -100.0, 100.0);
    outcome.verdict = slope > threshold ? Verdict::leaking : Verdict::clean;
    return outcome;
  }

  ComponentProblem problem_;
  std::uint64_t key_;
};

}  // namespace

std::unique_ptr<Instance> make_components(ComponentProblem problem, std::uint64_t key) {
  return std::make_unique<ComponentInstance>(std::move(problem), key);
}

}  // namespace leakbisect::bench
