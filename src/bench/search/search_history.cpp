#include "bench/search/search_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace leakbisect::bench {
namespace {

using strategies::Answer;
using strategies::AnswerKind;
using strategies::Configuration;
using strategies::no_unit;
using strategies::Outcome;
using strategies::OutcomeKind;
using strategies::UnitIndex;
using strategies::Verdict;

class HistoryInstance final : public Instance {
 public:
  HistoryInstance(CommitProblem problem, std::uint64_t key)
      : problem_(std::move(problem)), key_(key), slopes_(problem_.space.size(), 0) {
    problem_.sizes.resize(problem_.steps.size(), 1);
    for (std::size_t i = 0; i < problem_.steps.size(); ++i) add_step(i);
    leak_ = std::max<double>(slopes_.empty() ? 1 : slopes_.back(), problem_.sizes.empty() ? 1 : 0);
    if (problem_.asks_ends) ask_ends();
  }

  [[nodiscard]] const strategies::SearchSpace& space() const override { return problem_.space; }

  [[nodiscard]] strategies::Costs costs() const override {
    return problem_.tells_costs ? problem_.seconds : strategies::Costs();
  }

  [[nodiscard]] Outcome run(const Configuration& configuration, const Visit& visit) const override {
    const UnitIndex commit = configuration.commit;
    Outcome outcome;
    outcome.number = static_cast<double>(visit.number);
    if (commit != no_unit && !problem_.seconds.empty()) {
      outcome.cost_s = problem_.seconds[commit];
    } else {
      outcome.cost_s = 1;
    }
    if (commit != no_unit && !problem_.broken.empty() && problem_.broken[commit]) {
      outcome.kind = OutcomeKind::untestable;
      return outcome;
    }
    Luck luck(key_of_trial(key_, configuration, visit.of_configuration));
    const double slope = slope_of(commit);
    if (problem_.spread > 0) {
      const double shown = lies(commit) ? leak_ - slope : slope;
      read_slope(outcome, shown + problem_.drift * static_cast<double>(visit.number), luck);
    } else if (lies(commit)) {
      outcome.verdict = slope > 0 ? Verdict::clean : Verdict::leaking;
    } else {
      const bool leaks = slope > 0;
      const double error = leaks ? problem_.noise.false_negative : problem_.noise.false_positive;
      outcome.verdict = luck.chance(error) != leaks ? Verdict::leaking : Verdict::clean;
      if (problem_.asks_ends) outcome.llr = ratio_of(problem_.space, outcome.verdict);
    }
    return outcome;
  }

  [[nodiscard]] std::vector<Told> controls() const override {
    if (!problem_.tells_controls) return {};
    if (problem_.asks_ends) return asked_;
    const auto& ours = problem_.space;
    const double bad = slope_of(static_cast<UnitIndex>(ours.size() - 1));
    const double error = problem_.spread > 0 ? problem_.spread / 2 : 0;
    const bool has_slope = problem_.spread > 0;
    return {sure_control(strategies::good_end(ours), slope_of(no_unit) > 0, 0, error),
            sure_control(strategies::bad_end(ours), bad > 0, has_slope ? bad : 0, error)};
  }

  [[nodiscard]] Grade grade(const Answer& answer) const override {
    Grade grade;
    if (answer.kind == AnswerKind::culprit) return of_culprits(answer);
    const bool is_none = answer.kind == AnswerKind::none;
    const bool is_old = answer.kind == AnswerKind::good_end_leaks;
    const bool none_leaks = problem_.steps.empty() && !problem_.good_end_leaks;
    grade.right = problem_.good_end_leaks ? is_old : none_leaks && is_none;
    grade.exact = grade.right;
    grade.recall = grade.right ? 1 : 0;
    return grade;
  }

 private:
  // From now on slopes are weighed by the leak that the bad end showed; those of the ends as well.
  void ask_ends() {
    asked_ = asked_ends(*this);
    if (problem_.spread <= 0) return;
    double sum = 0;
    double count = 0;
    for (const Told& told : asked_) {
      if (told.configuration != strategies::bad_end(problem_.space)) continue;
      sum += told.outcome.slope;
      ++count;
    }
    if (sum <= 0) return;
    leak_ = sum / count;
    for (Told& told : asked_) weigh(told.outcome);
  }

  void add_step(std::size_t step) {
    std::vector<bool> has(slopes_.size(), false);
    has[problem_.steps[step]] = true;
    for (UnitIndex v = problem_.steps[step]; v < has.size(); ++v) {
      for (const UnitIndex parent : strategies::parents_of(problem_.space, v)) {
        if (has[parent]) has[v] = true;
      }
      if (has[v]) slopes_[v] += static_cast<float>(problem_.sizes[step]);
    }
  }

  [[nodiscard]] double slope_of(UnitIndex commit) const {
    return (problem_.good_end_leaks ? 1 : 0) + (commit == no_unit ? 0.0 : slopes_[commit]);
  }

  [[nodiscard]] bool lies(UnitIndex commit) const {
    if (problem_.lying <= 0 || commit == no_unit) return false;
    return Luck(key_of(key_of(key_, "lies"), commit)).chance(problem_.lying);
  }

  // What the product reports: the slope, its error, and the ratio.
  void read_slope(Outcome& outcome, double slope, Luck& luck) const {
    const double error = problem_.spread;
    outcome.slope = slope + error * (problem_.heavy_tails ? luck.heavy() : luck.normal());
    outcome.slope_se = error;
    weigh(outcome);
  }

  void weigh(Outcome& outcome) const {
    const double variance = outcome.slope_se * outcome.slope_se;
    outcome.llr = (outcome.slope - leak_ / 2) * leak_ / variance;
    outcome.verdict = outcome.llr > 0 ? Verdict::leaking : Verdict::clean;
  }

  [[nodiscard]] Grade of_culprits(const Answer& answer) const {
    Grade grade;
    std::vector<bool> found(problem_.steps.size(), false);
    bool is_exact = true;
    for (const strategies::Culprit& culprit : answer.culprits) {
      bool holds = false;
      for (std::size_t i = 0; i < found.size(); ++i) {
        const UnitIndex step = problem_.steps[i];
        const bool named = culprit.units.front() == step ||
                           std::count(culprit.equivalents.begin(), culprit.equivalents.end(), step);
        found[i] = found[i] || named;
        holds = holds || named;
      }
      const bool front =
          std::count(problem_.steps.begin(), problem_.steps.end(), culprit.units.front()) > 0;
      is_exact = is_exact && front;
      grade.accuses = grade.accuses || !holds;
      grade.class_size += std::max<std::size_t>(1, culprit.equivalents.size());
    }
    const auto named = static_cast<double>(std::count(found.begin(), found.end(), true));
    grade.recall = found.empty() ? 0 : named / static_cast<double>(found.size());
    // Of several steps, one named truly is right: the next hunt begins behind it.
    grade.right = named > 0 && !grade.accuses && !problem_.good_end_leaks;
    grade.exact = grade.right && is_exact;
    return grade;
  }

  CommitProblem problem_;
  std::uint64_t key_;
  std::vector<float> slopes_;
  double leak_ = 1;  ///< the slope against which slopes are weighed
  std::vector<Told> asked_;
};

}  // namespace

std::unique_ptr<Instance> make_history(CommitProblem problem, std::uint64_t key) {
  return std::make_unique<HistoryInstance>(std::move(problem), key);
}

strategies::SearchSpace line_of(std::size_t count) {
  strategies::SearchSpace space;
  space.shape = strategies::Shape::history;
  space.noise = {0, 0};
  for (UnitIndex i = 0; i < count; ++i) {
    space.names.push_back(fmt::format("c{}", i));
    const UnitIndex before = i - 1;
    space.parents.push_row(std::span(&before, i == 0 ? 0 : 1));
  }
  return space;
}

strategies::SearchSpace branches_of(std::size_t count, double share, Luck& luck) {
  strategies::SearchSpace space = line_of(0);
  std::vector<UnitIndex> heads;
  std::vector<UnitIndex> row;
  for (UnitIndex i = 0; i < count; ++i) {
    space.names.push_back(fmt::format("c{}", i));
    row.clear();
    const std::size_t left = count - i;
    const bool must_merge = left <= heads.size();
    if (heads.empty()) {
      heads.push_back(i);
    } else if (heads.size() > 1 && (must_merge || luck.chance(share))) {
      const std::size_t from = must_merge ? heads.size() - 1 : 1 + luck.below(heads.size() - 1);
      row = {heads[0], heads[from]};
      heads[0] = i;
      heads.erase(heads.begin() + static_cast<std::ptrdiff_t>(from));
    } else if (heads.size() < 30 && !must_merge && luck.chance(share / (1 - share))) {
      // A branch forks from a commit not long ago, most often from a head.
      const std::size_t back = luck.below(std::min<std::size_t>(i, 40));
      row = {static_cast<UnitIndex>(i - 1 - back)};
      heads.push_back(i);
    } else {
      const std::size_t head = luck.below(heads.size());
      row = {heads[head]};
      heads[head] = i;
    }
    space.parents.push_row(row);
  }
  return space;
}

}  // namespace leakbisect::bench
