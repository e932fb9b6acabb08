#include "strategies/ledger.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {
namespace {

constexpr double smallest_rate = 1e-6;

double clamped_rate(double rate) {
  return std::clamp(rate, smallest_rate, 0.499);
}

/// ln of the likelihood ratio when, with probability z, the trial says nothing about the leak.
double contaminated(double llr, double z) {
  const double e = std::exp(std::clamp(llr, -50.0, 50.0));
  return std::log(((1 - z) * e + z) / ((1 - z) + z * e));
}

double verdict_weight(Verdict verdict, const Noise& noise) {
  const double alpha = clamped_rate(noise.false_positive);
  const double beta = clamped_rate(noise.false_negative);
  if (verdict == Verdict::leaking) return std::log((1 - beta) / alpha);
  if (verdict == Verdict::clean) return std::log(beta / (1 - alpha));
  return 0;
}

}  // namespace

double evidence_weight(const Outcome& outcome, const Noise& noise, double contamination) {
  if (outcome.kind != OutcomeKind::measured) return 0;
  const bool agrees = outcome.verdict == Verdict::undecided ||
                      (outcome.verdict == Verdict::leaking) == (outcome.llr > 0);
  if (outcome.llr != 0 && std::isfinite(outcome.llr) && agrees) {
    return contaminated(outcome.llr, contamination);
  }
  return verdict_weight(outcome.verdict, noise);
}

void Ledger::told(const Configuration& configuration, const Outcome& outcome) {
  Entry& entry = entries_[configuration];
  entry.pending = std::max(0, entry.pending - 1);
  ++total_;
  switch (outcome.kind) {
    case OutcomeKind::measured:
      ++entry.measured;
      entry.decided += outcome.verdict != Verdict::undecided;
      entry.weight += evidence_weight(outcome, noise_);
      if (outcome.slope_se > 0) {
        const double precision = 1 / (outcome.slope_se * outcome.slope_se);
        entry.precision += precision;
        entry.weighed_slope += precision * outcome.slope;
      }
      break;
    case OutcomeKind::untestable:
      entry.is_untestable = true;
      break;
    case OutcomeKind::error:
      ++entry.errors;
      break;
    case OutcomeKind::cancelled:
      break;
  }
}

const Ledger::Entry* Ledger::find(const Configuration& configuration) const {
  const auto found = entries_.find(configuration);
  return found == entries_.end() ? nullptr : &found->second;
}

Finding Ledger::finding(const Entry& entry) const {
  const double enough =
      std::min(verdict_weight(Verdict::leaking, noise_), -verdict_weight(Verdict::clean, noise_));
  const bool decided = entry.weight != 0 && (entry.decided > 0 || std::abs(entry.weight) >= enough);
  if (decided) return entry.weight > 0 ? Finding::leaking : Finding::clean;
  const bool given_up = entry.measured >= patience || entry.errors >= patience;
  return entry.is_untestable || given_up ? Finding::untestable : Finding::unknown;
}

Finding Ledger::finding(const Configuration& configuration) const {
  const Entry* entry = find(configuration);
  return entry ? finding(*entry) : Finding::unknown;
}

bool Ledger::is_pending(const Configuration& configuration) const {
  const Entry* entry = find(configuration);
  return entry && entry->pending > 0;
}

double Ledger::weight(const Configuration& configuration) const {
  const Entry* entry = find(configuration);
  return entry ? entry->weight : 0;
}

std::optional<Slope> Ledger::slope(const Configuration& configuration) const {
  const Entry* entry = find(configuration);
  if (!entry || entry->precision == 0) return std::nullopt;
  return Slope{entry->weighed_slope / entry->precision, 1 / std::sqrt(entry->precision)};
}

int Ledger::measured(const Configuration& configuration) const {
  const Entry* entry = find(configuration);
  return entry ? entry->measured : 0;
}

bool Ledger::is_settled(const Configuration& configuration, int wanted) const {
  const Entry* entry = find(configuration);
  if (!entry || finding(*entry) == Finding::unknown) return false;
  return entry->measured >= wanted || entry->is_untestable || entry->errors >= patience;
}

std::vector<Configuration> Ledger::relied_on() const {
  std::vector<Configuration> result;
  for (const auto& [configuration, entry] : entries_) {
    if (entry.relied_on && entry.measured > 0) result.push_back(configuration);
  }
  return result;
}

double Ledger::certainty() const {
  double product = 1;
  for (const auto& [configuration, entry] : entries_) {
    if (entry.relied_on && entry.weight != 0) product /= 1 + std::exp(-std::abs(entry.weight));
  }
  return product;
}

}  // namespace leakbisect::strategies
