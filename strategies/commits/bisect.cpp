// `bisect`: what git bisect does (git's bisect.c): of the commits that could be the first bad one,
// try the one that has nearest to half of them among itself and its ancestors. With more slots it
// asks for the commits that together cut the candidates into the most even parts. Verdicts are
// taken as true; a step around an untestable commit prefers commits far from untestable ones,
// which come in runs. What cannot be told apart is reported as one class.

#include "strategies/commits/culprit_range.hpp"
#include "strategies/ledger.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

class Bisect final : public Strategy {
 public:
  Bisect(const SearchSpace& space, const Prior& prior)
      : range_(space, prior), ledger_(space.noise) {}

  std::vector<Ask> ask(std::size_t n, const Costs&) override {
    std::vector<Ask> asks;
    while (!answer_ && asks.size() < n) {
      const std::optional<Ask> next = choose();
      if (!next) break;
      pending_.push_back(next->configuration.commit);
      ledger_.asked(next->configuration);
      asks.push_back(*next);
    }
    if (pending_.empty() && !answer_) answer_ = range_.conclude();
    return asks;
  }

  void tell(const Configuration& configuration, const Outcome& outcome) override {
    const auto found = std::find(pending_.begin(), pending_.end(), configuration.commit);
    if (found != pending_.end()) pending_.erase(found);
    ledger_.told(configuration, outcome);
    range_.learn(configuration.commit, ledger_.finding(configuration),
                 ledger_.weight(configuration));
  }

  [[nodiscard]] std::optional<Answer> answer() const override { return answer_; }
  [[nodiscard]] Belief belief() const override { return range_.belief(); }
  [[nodiscard]] std::vector<double> probabilities() const override {
    return range_.probabilities();
  }

 private:
  /// The next commit, or nothing when all that could teach something is tried or running.
  [[nodiscard]] std::optional<Ask> choose() const {
    if (range_.is_over()) return std::nullopt;
    std::vector<std::size_t> running;
    for (const UnitIndex unit : pending_) {
      const std::size_t position = range_.history().position(unit);
      if (position < range_.history().size()) running.push_back(position);
    }
    if (const auto cut = best_cut(range_, running)) {
      const UnitIndex unit = range_.history().unit(cut->position);
      const std::string why = "halves " + std::to_string(range_.candidates()) + " suspects";
      return Ask{at_commit(unit), why, cut->bits};
    }
    // Nothing left to cut: the ends must have been seen before anyone is accused.
    const std::optional<UnitIndex> end = range_.unseen_end();
    if (!end || !pending_.empty()) return std::nullopt;
    return Ask{at_commit(*end), *end == no_unit ? "the good end" : "the bad end", 0};
  }

  CulpritRange range_;
  Ledger ledger_;
  std::vector<UnitIndex> pending_;
  std::optional<Answer> answer_;
};

}  // namespace

std::unique_ptr<Strategy> make_bisect(const SearchSpace& space, const Prior& prior, std::uint64_t) {
  return std::make_unique<Bisect>(space, prior);
}

}  // namespace leakbisect::strategies
