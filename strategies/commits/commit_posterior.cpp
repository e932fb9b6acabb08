#include "strategies/commits/commit_posterior.hpp"

#include "strategies/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace leakbisect::strategies {
namespace {

constexpr double uniform_floor = 0.01;   ///< share of the prior that no weight can take away
constexpr std::size_t most_trials = 24;  ///< of one commit
constexpr double tells_nothing = 1;      ///< log-likelihood ratio of an undecided trial
constexpr double cap_margin = 0.1;       ///< so near to its cap, a commit is retired

bool is_before(const Outcome& a, const Outcome& b) {
  return std::tie(a.llr, a.verdict, a.slope, a.slope_se, a.number) <
         std::tie(b.llr, b.verdict, b.slope, b.slope_se, b.number);
}

double cap_for(const std::vector<NoiseModel>& models) {
  const double liars = models.front().liars;
  return liars > 0 ? std::log((1 - liars) / liars) : std::numeric_limits<double>::infinity();
}

}  // namespace

CommitPosterior::CommitPosterior(const SearchSpace& space, const Prior& prior)
    : space_(space),
      history_(space),
      models_(noise_models(space.noise)),
      is_uniform_(prior.empty()),
      prior_(history_.size()),
      classes_(history_.size()),
      masses_(history_.size()) {
  double sum = 0;
  const auto weight = [&](std::size_t p) { return prior.empty() ? 1 : prior[history_.unit(p)]; };
  for (std::size_t p = 0; p < history_.size(); ++p) sum += weight(p);
  const auto count = static_cast<double>(history_.size());
  for (std::size_t p = 0; p < history_.size(); ++p) {
    const double share = (1 - uniform_floor) * weight(p) / sum + uniform_floor / count;
    prior_[p] = (1 - 2 * prior_of_end) * share;
  }
  sum_priors();
  update();
}

void CommitPosterior::learn(UnitIndex commit, const Outcome& outcome) {
  if (outcome.kind == OutcomeKind::cancelled) return;
  const std::size_t position = commit == no_unit ? 0 : history_.position(commit);
  if (position == history_.size()) return;
  Evidence& evidence = evidence_[commit];
  if (outcome.kind == OutcomeKind::measured) {
    measure(commit, evidence, outcome);
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

void CommitPosterior::measure(UnitIndex commit, Evidence& evidence, const Outcome& outcome) {
  if (evidence.outcomes.empty()) {
    evidence.slot = slots_++;
    if (commit == no_unit) {
      classes_.cut_nothing();
    } else {
      classes_.cut(history_.ancestors(history_.position(commit)));
      sum_priors();
    }
  }
  const auto place =
      std::lower_bound(evidence.outcomes.begin(), evidence.outcomes.end(), outcome, is_before);
  evidence.outcomes.insert(place, outcome);
  evidence.undecided +=
      outcome.verdict == Verdict::undecided && std::abs(outcome.llr) < tells_nothing;
}

/// The slope of the bad end, of all its trials together.
ShownLeak CommitPosterior::shown_leak() const {
  if (history_.size() == 0) return {};
  const auto found = evidence_.find(history_.unit(history_.size() - 1));
  if (found == evidence_.end()) return {};
  double precision = 0;
  double sum = 0;
  for (const Outcome& outcome : found->second.outcomes) {
    if (outcome.slope_se <= 0) continue;
    precision += 1 / (outcome.slope_se * outcome.slope_se);
    sum += outcome.slope / (outcome.slope_se * outcome.slope_se);
  }
  if (precision <= 0) return {};
  return {sum / precision, 1 / std::sqrt(precision), usual_slope_error(), has_spread()};
}

/// The median over all trials that reported a slope.
double CommitPosterior::usual_slope_error() const {
  std::vector<double> errors;
  for (const auto& [commit, evidence] : evidence_) {
    for (const Outcome& outcome : evidence.outcomes) {
      if (outcome.slope_se > 0) errors.push_back(outcome.slope_se);
    }
  }
  if (errors.empty()) return 0;
  const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), middle, errors.end());
  return *middle;
}

bool CommitPosterior::has_spread() const {
  const auto assumes = [](const Outcome& outcome) { return outcome.slope_spread > 0; };
  return std::any_of(evidence_.begin(), evidence_.end(), [&](const auto& entry) {
    const std::vector<Outcome>& outcomes = entry.second.outcomes;
    return std::any_of(outcomes.begin(), outcomes.end(), assumes);
  });
}

Noise CommitPosterior::noise_of(UnitIndex commit) const {
  const auto found = evidence_.find(commit);
  return found == evidence_.end() || found->second.outcomes.empty() ? rates_ : found->second.next;
}

bool CommitPosterior::is_retired(UnitIndex commit) const {
  const auto found = evidence_.find(commit);
  if (found == evidence_.end()) return false;
  const Evidence& evidence = found->second;
  return evidence.is_untestable || evidence.undecided >= patience ||
         evidence.outcomes.size() >= most_trials || std::abs(evidence.ratio) >= cap_ - cap_margin;
}

void CommitPosterior::sum_priors() {
  const std::size_t classes = classes_.size();
  class_prior_.assign(classes + 2, 0);
  class_surprise_.assign(classes, 0);
  double surprise = prior_.empty() ? 0 : -prior_[0] * std::log(prior_[0]);
  for (std::size_t p = 0; p < prior_.size(); ++p) {
    if (!is_uniform_) surprise = -prior_[p] * std::log(prior_[p]);
    class_prior_[classes_.of(p)] += prior_[p];
    class_surprise_[classes_.of(p)] += surprise;
  }
  class_prior_[classes] = class_prior_[classes + 1] = prior_of_end;
}

void CommitPosterior::update() {
  const UnitIndex bad_end = history_.size() == 0 ? no_unit : history_.unit(history_.size() - 1);
  std::vector<TriedCommit> tried;
  for (const auto& [commit, evidence] : evidence_) {
    if (evidence.outcomes.empty()) continue;
    const Tried which = commit == bad_end && commit != no_unit ? Tried::bad_end : Tried::any;
    tried.push_back({evidence.slot, evidence.outcomes, which});
  }
  if (class_prior_.size() < classes_.size() + 2) sum_priors();
  const ShownLeak shown = shown_leak();
  const std::vector<NoiseModel> models = with_sizes(models_, shown, space_.noise);
  cap_ = cap_for(models);
  const Weighed weighed = weigh(classes_, tried, class_prior_, space_.noise, models, shown);
  std::size_t i = 0;
  for (auto& [commit, evidence] : evidence_) {
    if (evidence.outcomes.empty()) continue;
    evidence.ratio = weighed.ratios[i];
    evidence.next = weighed.next[i];
    ++i;
  }
  rates_ = weighed.rates;
  honest_ = weighed.honest;
  spread(weighed);
}

void CommitPosterior::spread(const Weighed& weighed) {
  const std::size_t classes = classes_.size();
  none_ = prior_of_end * weighed.all[classes];
  good_end_ = prior_of_end * weighed.all[classes + 1];
  for (std::size_t p = 0; p < masses_.size(); ++p) {
    masses_[p] = prior_[p] * weighed.all[classes_.of(p)];
  }
  // sum of -wp ln wp = w * sum of -p ln p - w ln w * sum of p
  double entropy = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    const double w = weighed.all[k];
    if (w > 0) entropy += w * class_surprise_[k] - w * std::log(w) * class_prior_[k];
  }
  doubt_ = std::exp(entropy);
}

bool CommitPosterior::saw_leak() const {
  const auto speaks = [](const auto& entry) { return entry.second.ratio > 0; };
  return std::any_of(evidence_.begin(), evidence_.end(), speaks);
}

std::vector<std::size_t> CommitPosterior::most_probable(std::size_t count) const {
  const auto is_better = [&](std::size_t a, std::size_t b) {
    return masses_[a] != masses_[b] ? masses_[a] > masses_[b] : a > b;
  };
  // A heap with the worst of the best so far in front.
  std::vector<std::size_t> best;
  count = std::min(count, masses_.size());
  for (std::size_t p = masses_.size(); p-- > 0;) {
    if (best.size() == count) {
      if (count == 0 || masses_[p] <= masses_[best.front()]) continue;
      std::pop_heap(best.begin(), best.end(), is_better);
      best.pop_back();
    }
    best.push_back(p);
    std::push_heap(best.begin(), best.end(), is_better);
  }
  std::sort(best.begin(), best.end(), is_better);
  return best;
}

double CommitPosterior::mass_of(std::span<const std::size_t> positions) const {
  double sum = 0;
  for (const std::size_t p : positions) sum += masses_[p];
  return sum;
}

double CommitPosterior::honest_mass_of(std::span<const std::size_t> positions) const {
  double sum = 0;
  for (const std::size_t p : positions) sum += prior_[p] * honest_[classes_.of(p)];
  return sum;
}

}  // namespace leakbisect::strategies
