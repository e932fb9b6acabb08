#include "strategies/commits/commit_weights.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace leakbisect::strategies {
namespace {

constexpr double lowest_log = std::numeric_limits<double>::lowest();

/// The likelihoods of one model, honest and with its lying builds.
struct UnderModel {
  std::vector<Likelihood> honest;
  std::vector<Likelihood> doubted;
};

double log_of_sum(double a, double b) {
  const double high = std::max(a, b);
  return std::isinf(high) ? high : high + std::log(std::exp(a - high) + std::exp(b - high));
}

/// Of a build of which nothing is known but that a share of `liars` exchanges answers.
Likelihood with_liars(const Likelihood& honest, double liars) {
  if (liars <= 0) return honest;
  const double truth = std::log(1 - liars);
  const double lie = std::log(liars);
  return {log_of_sum(truth + honest.leaking, lie + honest.clean),
          log_of_sum(truth + honest.clean, lie + honest.leaking)};
}

UnderModel under(const NoiseModel& model, std::span<const TriedCommit> tried, const Noise& stated,
                 const ShownLeak& shown) {
  UnderModel result;
  for (const TriedCommit& commit : tried) {
    Likelihood sum;
    for (const Outcome& outcome : commit.outcomes) {
      sum.add(likelihood(outcome, stated, model, shown, commit.tried));
    }
    result.honest.push_back(sum);
    result.doubted.push_back(with_liars(sum, model.liars));
  }
  return result;
}

std::vector<double> logs_of(const CommitClasses& classes, std::span<const TriedCommit> tried,
                            std::span<const Likelihood> said) {
  std::vector<double> logs(classes.size() + 2, 0);
  for (std::size_t i = 0; i < tried.size(); ++i) {
    for (std::size_t k = 0; k < classes.size(); ++k) {
      logs[k] += classes.is_inside(k, tried[i].slot) ? said[i].leaking : said[i].clean;
    }
    logs[classes.size()] += said[i].clean;
    logs[classes.size() + 1] += said[i].leaking;
  }
  return logs;
}

/// Sums the models; returns each one's share of the evidence.
std::vector<double> add_up(const std::vector<std::vector<double>>& logs,
                           std::span<const NoiseModel> models, std::span<const double> prior,
                           Weights& weights) {
  double highest = lowest_log;
  for (const std::vector<double>& of_model : logs) {
    for (std::size_t k = 0; k < prior.size(); ++k) {
      if (prior[k] > 0) highest = std::max(highest, of_model[k]);
    }
  }
  weights.assign(prior.size(), 0);
  std::vector<double> shares(models.size(), 0);
  double total = 0;
  for (std::size_t m = 0; m < models.size(); ++m) {
    for (std::size_t k = 0; k < prior.size(); ++k) {
      const double weight = models[m].prior * std::exp(logs[m][k] - highest);
      weights[k] += weight;
      shares[m] += weight * prior[k];
    }
    total += shares[m];
  }
  for (double& weight : weights) weight /= total;
  for (double& share : shares) share /= total;
  return shares;
}

/// The chance that a build lies, given its trials and the state.
struct Lies {
  double if_leaking = 0;
  double if_clean = 0;

  void add(const Lies& other, double share) {
    if_leaking += share * other.if_leaking;
    if_clean += share * other.if_clean;
  }
};

Lies lies_of(const Likelihood& honest, double liars) {
  const double ratio = std::exp(std::clamp(honest.leaking - honest.clean, -50.0, 50.0));
  const double odds = liars / (1 - liars);
  return {odds / (odds + ratio), odds / (odds + 1 / ratio)};
}

/// Lies blur the next trial.
Noise next_trial(const Noise& rates, const Lies& lies) {
  const double a = rates.false_positive;
  const double b = rates.false_negative;
  return {a * (1 - lies.if_clean) + (1 - b) * lies.if_clean,
          b * (1 - lies.if_leaking) + (1 - a) * lies.if_leaking};
}

}  // namespace

void CommitClasses::cut(const std::vector<bool>& inside) {
  constexpr std::uint32_t unnamed = UINT32_MAX;
  std::vector<std::array<std::uint32_t, 2>> names(tried_.size(), {unnamed, unnamed});
  std::vector<std::vector<bool>> tried;
  for (std::size_t p = 0; p < class_.size(); ++p) {
    std::uint32_t& name = names[class_[p]][inside[p] ? 1 : 0];
    if (name == unnamed) {
      name = static_cast<std::uint32_t>(tried.size());
      tried.push_back(tried_[class_[p]]);
      tried.back().push_back(inside[p]);
    }
    class_[p] = name;
  }
  if (!class_.empty()) tried_ = std::move(tried);
}

void CommitClasses::cut_nothing() {
  for (std::vector<bool>& bits : tried_) bits.push_back(false);
}

Weighed weigh(const CommitClasses& classes, std::span<const TriedCommit> tried,
              std::span<const double> prior, const Noise& stated,
              std::span<const NoiseModel> models, const ShownLeak& shown) {
  Weighed result;
  result.ratios.assign(tried.size(), 0);
  std::vector<std::vector<double>> all;
  std::vector<std::vector<double>> honest;
  std::vector<UnderModel> under_models;
  for (const NoiseModel& model : models) {
    UnderModel said = under(model, tried, stated, shown);
    all.push_back(logs_of(classes, tried, said.doubted));
    honest.push_back(logs_of(classes, tried, said.honest));
    under_models.push_back(std::move(said));
  }
  const std::vector<double> shares = add_up(all, models, prior, result.all);
  add_up(honest, models, prior, result.honest);
  result.rates = {0, 0};
  for (std::size_t m = 0; m < models.size(); ++m) {
    const Noise rates = rates_under(stated, models[m].factor);
    result.rates.false_positive += shares[m] * rates.false_positive;
    result.rates.false_negative += shares[m] * rates.false_negative;
  }
  const double liars = models.front().liars;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    Lies lies;
    for (std::size_t m = 0; m < models.size(); ++m) {
      const Likelihood& doubted = under_models[m].doubted[i];
      result.ratios[i] += shares[m] * (doubted.leaking - doubted.clean);
      if (liars > 0) lies.add(lies_of(under_models[m].honest[i], liars), shares[m]);
    }
    result.next.push_back(next_trial(result.rates, lies));
  }
  return result;
}

}  // namespace leakbisect::strategies
