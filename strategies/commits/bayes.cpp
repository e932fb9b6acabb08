// `bayes`: the commit whose trial is expected to teach most for its cost, given everything known.
// The belief covers the whole history with its merges, "no commit leaks" and "the good end leaks
// already". It takes the log-likelihood ratio of each trial, not its verdict alone. Without noise
// it needs as many trials as git bisect; with noise about as many as information theory allows
// (Horstein, "Sequential transmission using noiseless feedback", 1963).

#include "strategies/commits/commit_candidates.hpp"
#include "strategies/commits/cut_information.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double too_little = 1e-3;     ///< bits: a trial that teaches less is not worth making
constexpr double likely_alone = 0.85;   ///< probability of one commit, if no build lies
constexpr std::size_t most_beside = 6;  ///< commits that errors and lies may add to a class

class Bayes final : public Strategy {
 public:
  Bayes(const SearchSpace& space, const Prior& prior)
      : space_(space), belief_(space, prior), candidates_(belief_.history()) {}

  std::vector<Ask> ask(std::size_t n, const Costs& costs) override {
    std::vector<Ask> asks;
    while (!answer_ && asks.size() < n) {
      std::optional<Ask> next = choose(costs);
      if (!next) break;
      running_.push_back(next->configuration.commit);
      asks.push_back(std::move(*next));
    }
    if (!answer_ && running_.empty()) answer_ = conclude("no further trial would teach anything");
    return asks;
  }

  void tell(const Configuration& configuration, const Outcome& outcome) override {
    const auto found = std::find(running_.begin(), running_.end(), configuration.commit);
    if (found != running_.end()) running_.erase(found);
    belief_.learn(configuration.commit, outcome);
    settle();
  }

  [[nodiscard]] std::optional<Answer> answer() const override { return answer_; }
  [[nodiscard]] Belief belief() const override;
  [[nodiscard]] std::vector<double> probabilities() const override;

 private:
  void settle();
  [[nodiscard]] Answer conclude(std::string reason) const;
  [[nodiscard]] std::vector<std::size_t> likeliest() const;
  [[nodiscard]] std::vector<std::size_t> needed(std::vector<std::size_t> members) const;
  [[nodiscard]] std::optional<Ask> choose(const Costs& costs) const;

  const SearchSpace& space_;
  CommitPosterior belief_;
  CommitCandidates candidates_;
  std::vector<UnitIndex> running_;
  std::optional<Answer> answer_;
};

/// Ends the search as soon as one answer is as probable as wanted. Without lying builds one commit
/// (with those that cannot be told from it) must be likely by itself, so that a class is what
/// errors and lies could have made of it, not a search cut short.
void Bayes::settle() {
  if (answer_) return;
  const double wanted = space_.confidence;
  if (std::max(belief_.none(), belief_.good_end()) >= wanted) {
    answer_ = conclude("as sure as wanted");
    return;
  }
  if (belief_.history().size() == 0) return;
  std::vector<std::size_t> same{belief_.top()};
  const double likely = std::min(wanted, likely_alone);
  if (belief_.honest_mass_of(same) < likely && belief_.untestable().empty()) return;
  same = belief_.class_of(same.front());
  if (belief_.honest_mass_of(same) < likely) return;
  Answer answer = conclude("as sure as wanted");
  if (answer.confidence >= wanted) answer_ = std::move(answer);
}

/// The most probable commit, and at most `most_beside` others until they are as sure together as
/// wanted; each with those that no further trial could tell from it.
std::vector<std::size_t> Bayes::likeliest() const {
  std::vector<double> left = belief_.masses();
  std::vector<std::size_t> members;
  double sum = 0;
  for (std::size_t i = 0; i <= most_beside && sum < space_.confidence; ++i) {
    // Of equal ones the newest, as in the ranking.
    const auto next = std::max_element(left.rbegin(), left.rend());
    if (*next <= 0) break;
    for (const std::size_t p : belief_.class_of(static_cast<std::size_t>(left.rend() - next) - 1)) {
      members.push_back(p);
      sum += left[p];
      left[p] = 0;
    }
  }
  return members;
}

/// Of those, the fewest most probable that are as sure together as wanted, and others that are not
/// negligible beside them, by position.
std::vector<std::size_t> Bayes::needed(std::vector<std::size_t> members) const {
  const std::vector<double>& masses = belief_.masses();
  std::sort(members.begin(), members.end());
  std::stable_sort(members.begin(), members.end(),
                   [&](std::size_t a, std::size_t b) { return masses[a] > masses[b]; });
  const double negligible = (1 - space_.confidence) / 4;
  double sum = 0;
  std::size_t count = 0;
  while (count < members.size() &&
         (count == 0 || sum < space_.confidence || masses[members[count]] > negligible)) {
    sum += masses[members[count++]];
  }
  members.resize(count);
  std::sort(members.begin(), members.end());
  return members;
}

Answer Bayes::conclude(std::string reason) const {
  Answer answer;
  answer.reason = std::move(reason);
  const bool has_commits = belief_.history().size() > 0;
  std::vector<std::size_t> members;
  if (has_commits) members = needed(likeliest());
  const double mass = belief_.mass_of(members);
  answer.confidence = std::max({mass, belief_.none(), belief_.good_end()});
  if (answer.confidence == mass && !belief_.saw_leak()) {
    answer.confidence = 0;
    answer.reason = "no trial showed the leak";
    return answer;
  }
  if (answer.confidence == belief_.none()) {
    answer.kind = AnswerKind::none;
  } else if (answer.confidence == belief_.good_end()) {
    answer.kind = AnswerKind::good_end_leaks;
  } else {
    answer.kind = AnswerKind::culprit;
    Culprit culprit{{belief_.history().unit(belief_.top())}, mass, {}};
    for (const std::size_t p : members) culprit.equivalents.push_back(belief_.history().unit(p));
    answer.culprits.push_back(std::move(culprit));
  }
  return answer;
}

std::optional<Ask> Bayes::choose(const Costs& costs) const {
  const auto cost = [&costs](UnitIndex commit) {
    return commit == no_unit || costs.empty() ? 1 : std::max(costs[commit], 1e-9);
  };
  const CutInformation information(belief_, running_);
  std::vector<UnitIndex> commits = candidates_.of(belief_, information.best_share());
  const auto is_useless = [&](UnitIndex commit) {
    return belief_.is_retired(commit) ||
           std::find(running_.begin(), running_.end(), commit) != running_.end();
  };
  std::erase_if(commits, is_useless);
  const std::vector<double> gains = information.gains(commits);
  std::vector<std::uint16_t> distances;
  if (!belief_.untestable().empty()) {
    distances = belief_.history().distances(belief_.untestable(), farthest);
  }
  double best_score = 0;
  std::size_t best = commits.size();
  for (std::size_t i = 0; i < commits.size(); ++i) {
    if (gains[i] < too_little) continue;
    const std::uint16_t distance = commits[i] == no_unit || distances.empty()
                                       ? farthest
                                       : distances[belief_.history().position(commits[i])];
    const double risk = untestable_risk(distance, belief_.untestable().size(), belief_.tried());
    const double score = gains[i] * (1 - risk) / cost(commits[i]);
    // Equal up to rounding: the cheaper, then the older commit.
    const bool is_better = score > best_score * (1 + 1e-9);
    const bool is_equal = best < commits.size() && score > best_score * (1 - 1e-9);
    if (is_better || (is_equal && cost(commits[i]) < cost(commits[best]))) {
      best_score = score;
      best = i;
    }
  }
  if (best == commits.size()) return std::nullopt;
  const std::string why =
      "cuts a doubt of " + std::to_string(std::lround(belief_.doubt())) + " units";
  return Ask{at_commit(commits[best]), why, gains[best]};
}

Belief Bayes::belief() const {
  Belief result;
  for (const std::size_t p : belief_.most_probable(longest_ranking)) {
    result.ranking.emplace_back(belief_.history().unit(p), belief_.masses()[p]);
  }
  result.none_probability = belief_.none();
  result.suspects = static_cast<std::size_t>(std::lround(belief_.doubt()));
  result.summary = "a doubt of " + std::to_string(result.suspects) + " units";
  return result;
}

std::vector<double> Bayes::probabilities() const {
  return by_unit(space_, belief_.history(), belief_.masses());
}

}  // namespace

std::unique_ptr<Strategy> make_bayes(const SearchSpace& space, const Prior& prior, std::uint64_t) {
  return std::make_unique<Bayes>(space, prior);
}

}  // namespace leakbisect::strategies
