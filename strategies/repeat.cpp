// `repeat:R`: what people do about flaky tests: every trial is run R times, and the majority
// counts. The search beneath is `bisect` for histories and `split` for units, or the one named in
// `repeat:R:NAME`; it is told one verdict a configuration, with the error rate of the majority.

#include "strategies/strategy.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace leakbisect::strategies {
namespace {

/// P(more than half of `times` trials err), each with rate `error`.
double majority_error(double error, int times) {
  double sum = 0;
  for (int wrong = times / 2 + 1; wrong <= times; ++wrong) {
    double ways = 1;
    for (int i = 0; i < wrong; ++i) ways *= static_cast<double>(times - i) / (i + 1);
    sum += ways * std::pow(error, wrong) * std::pow(1 - error, times - wrong);
  }
  return sum;
}

class Repeat final : public Strategy {
 public:
  Repeat(const SearchSpace& space, const Prior& prior, std::uint64_t seed, int times,
         const StrategyInfo& beneath)
      : space_(space), times_(times) {
    space_.noise.false_positive = majority_error(space.noise.false_positive, times);
    space_.noise.false_negative = majority_error(space.noise.false_negative, times);
    search_ = beneath.make(space_, prior, seed);
  }

  std::vector<Ask> ask(std::size_t n, const Costs& costs) override {
    std::vector<Ask> asks;
    add_repeats(asks, n);
    while (asks.size() < n && !search_->answer()) {
      const std::vector<Ask> fresh = search_->ask(n - asks.size(), costs);
      if (fresh.empty()) break;
      for (const Ask& one : fresh) polls_.try_emplace(one.configuration).first->second.ask = one;
      add_repeats(asks, n);
    }
    return asks;
  }

  void tell(const Configuration& configuration, const Outcome& outcome) override {
    const auto found = polls_.find(configuration);
    if (found == polls_.end()) {
      search_->tell(configuration, outcome);
      return;
    }
    Poll& poll = found->second;
    poll.running = std::max(0, poll.running - 1);
    if (outcome.kind != OutcomeKind::measured) {
      if (outcome.kind == OutcomeKind::cancelled) return;
      polls_.erase(found);
      search_->tell(configuration, outcome);
      return;
    }
    ++poll.told;
    poll.leaking += outcome.verdict == Verdict::leaking;
    poll.clean += outcome.verdict == Verdict::clean;
    const int majority = times_ / 2 + 1;
    if (poll.told < times_ && std::max(poll.leaking, poll.clean) < majority) return;
    Outcome voted;
    if (poll.leaking != poll.clean) {
      voted.verdict = poll.leaking > poll.clean ? Verdict::leaking : Verdict::clean;
    }
    polls_.erase(found);
    search_->tell(configuration, voted);
  }

  [[nodiscard]] std::optional<Answer> answer() const override { return search_->answer(); }
  [[nodiscard]] Belief belief() const override { return search_->belief(); }
  [[nodiscard]] std::vector<double> probabilities() const override {
    return search_->probabilities();
  }

 private:
  struct Poll {
    Ask ask;
    int running = 0;
    int told = 0;
    int leaking = 0;
    int clean = 0;
  };

  /// As many trials of each poll as may still be needed; those side by side that certainly are.
  void add_repeats(std::vector<Ask>& asks, std::size_t n) {
    const int majority = times_ / 2 + 1;
    for (auto& [configuration, poll] : polls_) {
      const int wanted =
          std::min(majority - std::max(poll.leaking, poll.clean), times_ - poll.told);
      while (poll.running < wanted && asks.size() < n) {
        ++poll.running;
        asks.push_back(poll.ask);
      }
    }
  }

  SearchSpace space_;  ///< with the noise of a majority; the search beneath refers to it
  int times_;
  std::map<Configuration, Poll> polls_;
  std::unique_ptr<Strategy> search_;
};

}  // namespace

std::unique_ptr<Strategy> make_repeat(const SearchSpace& space, const Prior& prior,
                                      std::uint64_t seed, int times, const StrategyInfo& beneath) {
  return std::make_unique<Repeat>(space, prior, seed, times, beneath);
}

}  // namespace leakbisect::strategies
