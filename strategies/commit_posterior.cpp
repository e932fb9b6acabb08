#include "strategies/commit_posterior.hpp"

#include "strategies/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace leakbisect::strategies {
namespace {

constexpr double uniform_floor = 0.01;   ///< share of the prior that no weight can take away
constexpr double most_liars = 0.01;      ///< builds that always answer wrong
constexpr std::size_t most_trials = 24;  ///< of one commit

double worst_rate(const Noise& noise) {
  return std::max(noise.false_positive, noise.false_negative);
}

/// How much all trials of one build may say. The share of lying builds is taken as a quarter of a
/// trial's error rate, at most 1%; without noise there are none.
double cap_for(const Noise& noise) {
  const double liars = std::min(most_liars, worst_rate(noise) / 4);
  return liars > 0 ? std::log((1 - liars) / liars) : std::numeric_limits<double>::infinity();
}

}  // namespace

CommitPosterior::CommitPosterior(const SearchSpace& space)
    : space_(space),
      history_(space),
      contamination_(worst_rate(space.noise) > 0 ? 1e-3 : 1e-6),
      cap_(cap_for(space.noise)),
      log_prior_(history_.size()),
      masses_(history_.size()) {
  double sum = 0;
  const auto weight = [&](std::size_t p) {
    return space.prior.empty() ? 1 : space.prior[history_.unit(p)];
  };
  for (std::size_t p = 0; p < history_.size(); ++p) sum += weight(p);
  const auto count = static_cast<double>(history_.size());
  for (std::size_t p = 0; p < history_.size(); ++p) {
    const double share = (1 - uniform_floor) * weight(p) / sum + uniform_floor / count;
    log_prior_[p] = std::log((1 - 2 * prior_of_end) * share);
  }
  update();
}

void CommitPosterior::learn(UnitIndex commit, const Outcome& outcome) {
  if (outcome.kind == OutcomeKind::cancelled) return;
  const std::size_t position = commit == no_unit ? 0 : history_.position(commit);
  if (position == history_.size()) return;
  Evidence& evidence = evidence_[commit];
  if (outcome.kind == OutcomeKind::measured) {
    const double weight = evidence_weight(outcome, space_.noise, contamination_);
    const auto place = std::lower_bound(evidence.weights.begin(), evidence.weights.end(), weight);
    evidence.weights.insert(place, weight);
    evidence.undecided += outcome.verdict == Verdict::undecided;
    update();
    return;
  }
  evidence.errors += outcome.kind == OutcomeKind::error;
  evidence.is_untestable = evidence.is_untestable || outcome.kind == OutcomeKind::untestable ||
                           evidence.errors >= patience;
  if (!evidence.is_untestable || commit == no_unit) return;
  const auto place = std::lower_bound(untestable_.begin(), untestable_.end(), position);
  if (place == untestable_.end() || *place != position) untestable_.insert(place, position);
}

double CommitPosterior::capped(const Evidence& evidence) const {
  const double sum = std::accumulate(evidence.weights.begin(), evidence.weights.end(), 0.0);
  return std::clamp(sum, -cap_, cap_);
}

bool CommitPosterior::is_retired(UnitIndex commit) const {
  const auto found = evidence_.find(commit);
  if (found == evidence_.end()) return false;
  const Evidence& evidence = found->second;
  return evidence.is_untestable || evidence.undecided >= patience ||
         evidence.weights.size() >= most_trials || std::abs(capped(evidence)) >= cap_;
}

// ln P(trials | c) = const + sum over tried commits v of [c is v or an ancestor of v] l_v
std::vector<double> CommitPosterior::log_likelihoods(double& of_good_end) const {
  std::vector<std::size_t> positions;
  std::vector<double> weights;
  of_good_end = 0;
  for (const auto& [commit, evidence] : evidence_) {
    const double weight = capped(evidence);
    of_good_end += weight;
    if (commit == no_unit) continue;
    positions.push_back(history_.position(commit));
    weights.push_back(weight);
  }
  std::vector<double> logs(history_.size(), 0);
  for (std::size_t begin = 0; begin < positions.size(); begin += 64) {
    const std::size_t count = std::min<std::size_t>(64, positions.size() - begin);
    const auto masks = history_.ancestor_masks(std::span(positions).subspan(begin, count));
    std::uint64_t last_mask = 0;
    double sum = 0;
    for (std::size_t p = 0; p < logs.size(); ++p) {
      if (masks[p] != last_mask) {
        last_mask = masks[p];
        sum = 0;
        for (std::size_t j = 0; j < count; ++j) {
          if (last_mask >> j & 1) sum += weights[begin + j];
        }
      }
      logs[p] += sum;
    }
  }
  return logs;
}

void CommitPosterior::update() {
  double of_good_end = 0;
  std::vector<double> logs = log_likelihoods(of_good_end);
  const double log_end = std::log(prior_of_end);
  double highest = std::max(log_end, log_end + of_good_end);
  for (std::size_t p = 0; p < logs.size(); ++p) {
    logs[p] += log_prior_[p];
    highest = std::max(highest, logs[p]);
  }
  none_ = std::exp(log_end - highest);
  good_end_ = std::exp(log_end + of_good_end - highest);
  double total = none_ + good_end_;
  for (std::size_t p = 0; p < logs.size(); ++p) {
    masses_[p] = std::exp(logs[p] - highest);
    total += masses_[p];
  }
  none_ /= total;
  good_end_ /= total;
  for (double& mass : masses_) mass /= total;
}

bool CommitPosterior::saw_leak() const {
  const auto speaks = [&](const auto& entry) { return capped(entry.second) > 0; };
  return std::any_of(evidence_.begin(), evidence_.end(), speaks);
}

std::vector<std::size_t> CommitPosterior::most_probable(std::size_t count) const {
  std::vector<std::size_t> order(masses_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  count = std::min(count, order.size());
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
    return masses_[a] != masses_[b] ? masses_[a] > masses_[b] : a > b;
  });
  order.resize(count);
  return order;
}

// Two positions are one class when every open commit (still worth a trial) has both or neither of
// them among itself and its ancestors. Two open commits are never one class, so the members are
// retired, or `position`, or an open commit built on those alone.
std::vector<std::size_t> CommitPosterior::class_of(std::size_t position) const {
  std::vector<bool> is_open(history_.size(), true);
  for (const auto& [commit, evidence] : evidence_) {
    if (commit != no_unit && is_retired(commit)) is_open[history_.position(commit)] = false;
  }
  std::vector<std::size_t> suspects;
  std::vector<bool> leads_on(history_.size(), false);
  leads_on[position] = true;
  for (std::size_t p = 0; p < history_.size(); ++p) {
    for (const UnitIndex parent : history_.parents(p)) {
      if (leads_on[parent] && (!is_open[parent] || parent == position)) leads_on[p] = true;
    }
    if (p != position && (!is_open[p] || leads_on[p])) suspects.push_back(p);
  }
  std::vector<std::size_t> members{position};
  for (std::size_t begin = 0; begin < suspects.size(); begin += 63) {
    const std::size_t count = std::min<std::size_t>(63, suspects.size() - begin);
    std::vector<std::uint64_t> masks(history_.size(), 0);
    for (std::size_t j = 0; j < count; ++j) masks[suspects[begin + j]] |= std::uint64_t{1} << j;
    constexpr std::uint64_t own = std::uint64_t{1} << 63;
    masks[position] |= own;
    std::uint64_t told_apart = 0;
    for (std::size_t p = 0; p < history_.size(); ++p) {
      for (const UnitIndex parent : history_.parents(p)) masks[p] |= masks[parent];
      if (is_open[p]) told_apart |= (masks[p] & own) != 0 ? ~masks[p] : masks[p];
    }
    for (std::size_t j = 0; j < count; ++j) {
      if ((told_apart >> j & 1) == 0) members.push_back(suspects[begin + j]);
    }
  }
  std::sort(members.begin(), members.end());
  return members;
}

double CommitPosterior::mass_of(std::span<const std::size_t> positions) const {
  double sum = 0;
  for (const std::size_t p : positions) sum += masses_[p];
  return sum;
}

double CommitPosterior::doubt() const {
  double entropy = 0;
  for (const double mass : masses_) {
    if (mass > 0) entropy -= mass * std::log(mass);
  }
  return std::exp(entropy);
}

}  // namespace leakbisect::strategies
