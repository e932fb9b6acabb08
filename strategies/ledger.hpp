#pragma once

// What the trials of each configuration taught so far, and which are still running. The baselines
// read verdicts from it; it knows nothing of any algorithm.
//
// Invariant: told in any order, the same outcomes give the same findings.

#include "strategies/strategy.hpp"

#include <map>

namespace leakbisect::strategies {

/// `unknown`: not tried, or not decided yet. `untestable`: it cannot be tried, or several trials
/// of it decided nothing.
enum class Finding { unknown, leaking, clean, untestable };

/// Undecided trials, or errors, before a configuration is given up.
inline constexpr int patience = 3;

/// The weight of a measured outcome, a log-likelihood ratio: its own where it has one that agrees
/// with the verdict, else that of the verdict under `noise`. Its own becomes
/// ln[((1-z)e^l + z) / ((1-z) + z e^l)], z the contamination: a trial may always have measured
/// something else altogether. A verdict weighs at most 13.8, error rates of one in a million.
double evidence_weight(const Outcome& outcome, const Noise& noise, double contamination = 1e-4);

/// A slope over the clean control, in bytes per request, and its standard error.
struct Slope {
  double value = 0;
  double error = 0;
};

class Ledger {
 public:
  explicit Ledger(const Noise& noise) : noise_(noise) {}

  void asked(const Configuration& configuration) { ++entries_[configuration].pending; }
  void told(const Configuration& configuration, const Outcome& outcome);

  [[nodiscard]] bool is_pending(const Configuration& configuration) const;
  [[nodiscard]] Finding finding(const Configuration& configuration) const;
  /// The summed log-likelihood ratio of all measured trials of the configuration.
  [[nodiscard]] double weight(const Configuration& configuration) const;
  /// The slope of all measured trials together, weighed by their errors; nothing when none
  /// reported one.
  [[nodiscard]] std::optional<Slope> slope(const Configuration& configuration) const;
  /// Trials of the configuration that were measured.
  [[nodiscard]] int measured(const Configuration& configuration) const;
  /// Trials told, of any configuration and outcome.
  [[nodiscard]] std::size_t total() const { return total_; }
  /// Nothing more is to be learnt by asking, when `measured` measured trials are enough.
  [[nodiscard]] bool is_settled(const Configuration& configuration, int measured) const;

  /// Counts a configuration's finding as one that a conclusion rests on.
  void rely_on(const Configuration& configuration) { entries_[configuration].relied_on = true; }
  /// The measured configurations among those.
  [[nodiscard]] std::vector<Configuration> relied_on() const;
  /// The probability that every finding relied on is right: the product of 1 / (1 + exp(-|w|)).
  [[nodiscard]] double certainty() const;

 private:
  struct Entry {
    int pending = 0;
    int measured = 0;
    int decided = 0;  ///< of the measured ones, those with a verdict
    int errors = 0;
    bool is_untestable = false;
    bool relied_on = false;
    double weight = 0;
    double precision = 0;  ///< sum of 1 / se^2
    double weighed_slope = 0;
  };
  [[nodiscard]] const Entry* find(const Configuration& configuration) const;
  [[nodiscard]] Finding finding(const Entry& entry) const;

  Noise noise_;
  std::map<Configuration, Entry> entries_;
  std::size_t total_ = 0;
};

}  // namespace leakbisect::strategies
