#pragma once

// What a trial would tell the rules of a belief apart: each rule predicts its slope, and the
// information is the entropy of what will be read, less that of the noise. Running trials come
// first: what they will tell already is not counted again.

#include "strategies/rules/rule_belief.hpp"

namespace leakbisect::strategies {

/// Bits that an event of probability `p` tells; 0 at and beyond both ends.
double binary_entropy(double p);

class Prediction {
 public:
  /// `error` as in DesignInputs. Considers the likeliest rules only.
  Prediction(const RuleBelief& belief, double error, bool adds_up);

  /// The trial with these units on is running: rules that it tells apart are told apart.
  void expect(const std::vector<bool>& on);
  /// The information in bits of one more trial.
  [[nodiscard]] double bits(const std::vector<bool>& on) const;

 private:
  [[nodiscard]] std::vector<double> slopes(const std::vector<bool>& on) const;
  [[nodiscard]] double entropy(std::span<const double> slopes, std::size_t part) const;

  std::vector<const WeighedRule*> rules_;
  std::vector<double> share_;
  std::vector<std::size_t> part_;  ///< which running trials' readings each rule predicts
  std::size_t parts_ = 1;
  double error_;
  bool adds_up_;
  double noise_entropy_ = 0;  ///< of the blurred reading of one rule
};

}  // namespace leakbisect::strategies
