#include "strategies/commits/culprit_range.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace leakbisect::strategies {
CulpritRange::CulpritRange(const SearchSpace& space, Prior prior)
    : space_(space),
      prior_(std::move(prior)),
      history_(space),
      candidate_(history_.size(), true),
      known_(history_.size(), false),
      count_(history_.size()) {}

void CulpritRange::learn(UnitIndex commit, Finding finding, double weight) {
  if (weight != 0) trials_[commit] = weight;
  if (finding == Finding::unknown) return;
  if (commit == no_unit) {
    good_end_known_ = true;
    good_end_leaks_ = finding == Finding::leaking;
    saw_clean_ = saw_clean_ || finding == Finding::clean;
    return;
  }
  const std::size_t position = history_.position(commit);
  if (position == history_.size()) return;
  known_[position] = true;
  if (finding == Finding::untestable) {
    if (std::find(untestable_.begin(), untestable_.end(), position) == untestable_.end()) {
      untestable_.push_back(position);
    }
    return;
  }
  const bool is_newest = position + 1 == history_.size();
  if (is_newest) bad_end_clean_ = finding == Finding::clean;
  saw_leaking_ = saw_leaking_ || finding == Finding::leaking;
  saw_clean_ = saw_clean_ || finding == Finding::clean;
  if (!is_newest) narrow(position, finding == Finding::leaking);
}

void CulpritRange::narrow(std::size_t position, bool to_ancestors) {
  const std::vector<bool> ancestors = history_.ancestors(position);
  std::vector<bool> left = candidate_;
  for (std::size_t p = 0; p < left.size(); ++p) {
    if (ancestors[p] != to_ancestors) left[p] = false;
  }
  const auto count = static_cast<std::size_t>(std::count(left.begin(), left.end(), true));
  if (count == 0) return;
  candidate_ = std::move(left);
  count_ = count;
}

std::optional<UnitIndex> CulpritRange::unseen_end() const {
  if (history_.size() == 0) return std::nullopt;
  const std::size_t newest = history_.size() - 1;
  if (!saw_leaking_ && !known_[newest]) return history_.unit(newest);
  if (!saw_clean_ && !good_end_known_) return no_unit;
  return std::nullopt;
}

CulpritRange::Posterior CulpritRange::posterior() const {
  std::vector<double> logs(history_.size(), 0);
  double of_old = 0;
  std::vector<std::size_t> tried;
  std::vector<double> weights;
  for (const auto& [commit, weight] : trials_) {
    of_old += weight;
    const std::size_t position = commit == no_unit ? history_.size() : history_.position(commit);
    if (position == history_.size()) continue;
    tried.push_back(position);
    weights.push_back(weight);
  }
  for (std::size_t begin = 0; begin < tried.size(); begin += 64) {
    const std::size_t count = std::min<std::size_t>(64, tried.size() - begin);
    const auto masks = history_.ancestor_masks(std::span(tried).subspan(begin, count));
    for (std::size_t p = 0; p < logs.size(); ++p) {
      for (std::size_t j = 0; j < count; ++j) {
        if (masks[p] >> j & 1) logs[p] += weights[begin + j];
      }
    }
  }
  Posterior result;
  double prior_sum = 0;
  for (std::size_t p = 0; p < logs.size(); ++p) {
    prior_sum += prior_.empty() ? 1 : prior_[history_.unit(p)];
  }
  double highest = std::max(0.0, of_old);
  for (const double l : logs) highest = std::max(highest, l);
  result.none = prior_of_end * std::exp(-highest);
  result.good_end = prior_of_end * std::exp(of_old - highest);
  double total = result.none + result.good_end;
  for (std::size_t p = 0; p < logs.size(); ++p) {
    const double prior = prior_.empty() ? 1 : prior_[history_.unit(p)];
    logs[p] = (1 - 2 * prior_of_end) * prior / prior_sum * std::exp(logs[p] - highest);
    total += logs[p];
  }
  for (double& p : logs) p /= total;
  result.none /= total;
  result.good_end /= total;
  result.commits = std::move(logs);
  return result;
}

Answer CulpritRange::conclude() const {
  const Posterior belief = posterior();
  if (bad_end_clean_) {
    return {AnswerKind::none, {}, belief.none, "the newest commit does not leak"};
  }
  if (good_end_leaks_) {
    return {AnswerKind::good_end_leaks, {}, belief.good_end, "the good end leaks too"};
  }
  if (!saw_leaking_ || history_.size() == 0) {
    return {AnswerKind::undecided, {}, 0, "no commit that leaks could be tested"};
  }
  Culprit culprit;
  for (std::size_t p = 0; p < history_.size(); ++p) {
    if (!candidate_[p]) continue;
    culprit.equivalents.push_back(history_.unit(p));
    culprit.probability += belief.commits[p];
  }
  culprit.units = {culprit.equivalents.back()};
  const double sure = culprit.probability;
  std::string reason = "the first commit that leaks; what it is built upon does not";
  if (count_ > 1) {
    reason = "one of " + std::to_string(count_) + " commits that cannot be tested one by one";
  }
  return {AnswerKind::culprit, {std::move(culprit)}, sure, std::move(reason)};
}

Belief CulpritRange::belief() const {
  const Posterior posterior_now = posterior();
  std::vector<std::size_t> order;
  for (std::size_t p = 0; p < history_.size(); ++p) {
    if (candidate_[p]) order.push_back(p);
  }
  const std::size_t shown = std::min(longest_ranking, order.size());
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(order.begin(), middle, order.end(), [&](std::size_t a, std::size_t b) {
    const double pa = posterior_now.commits[a];
    const double pb = posterior_now.commits[b];
    return pa != pb ? pa > pb : a < b;
  });
  Belief belief;
  for (auto p = order.begin(); p != middle; ++p) {
    belief.ranking.emplace_back(history_.unit(*p), posterior_now.commits[*p]);
  }
  belief.none_probability = posterior_now.none;
  belief.suspects = count_;
  belief.summary = std::to_string(count_) + " commits could be the first that leaks";
  return belief;
}

std::vector<double> CulpritRange::probabilities() const {
  return by_unit(space_, history_, posterior().commits);
}

}  // namespace leakbisect::strategies
