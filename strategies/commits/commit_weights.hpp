#pragma once

// How likely the trials are, given each commit as the first that leaks. Commits that have the same
// tried commits above them are one class: nothing tells them apart yet, and they are weighed once.
//
// Invariant: the same trials in any order give the same classes and weights, bit for bit.

#include "strategies/commits/history.hpp"
#include "strategies/commits/trial_noise.hpp"

#include <vector>

namespace leakbisect::strategies {

class CommitClasses {
 public:
  explicit CommitClasses(std::size_t positions) : class_(positions, 0), tried_(1) {}

  /// A further commit is tried: `inside` flags it and its ancestors by position. Its slot is the
  /// number of those before it.
  void cut(const std::vector<bool>& inside);
  /// The good end is tried: no commit is among its ancestors.
  void cut_nothing();

  [[nodiscard]] std::size_t size() const { return tried_.size(); }
  [[nodiscard]] std::uint32_t of(std::size_t position) const { return class_[position]; }
  /// Would the tried commit of this slot leak, if the class held the culprit?
  [[nodiscard]] bool is_inside(std::size_t of_class, std::size_t slot) const {
    return tried_[of_class][slot];
  }

 private:
  std::vector<std::uint32_t> class_;      ///< by position, numbered by their first position
  std::vector<std::vector<bool>> tried_;  ///< by class and slot
};

/// All measured outcomes of one commit.
struct TriedCommit {
  std::size_t slot = 0;
  std::span<const Outcome> outcomes;
  Tried tried = Tried::any;
};

/// Mass over prior, by class; then "nothing leaks" and "the good end leaks". Normalised with the
/// priors given.
using Weights = std::vector<double>;

struct Weighed {
  Weights all;                 ///< over all models
  Weights honest;              ///< over all models, if no build lied
  Noise rates;                 ///< expected of a trial of a commit that was not tried yet
  std::vector<double> ratios;  ///< by tried commit: ln of what its trials say together
  std::vector<Noise> next;     ///< by tried commit: the rates to expect of one more trial
};

/// P(trials | class) = sum over models of P(model) times the product over tried commits of what
/// their trials say, with lying builds. `prior` is by class, then the two others.
Weighed weigh(const CommitClasses& classes, std::span<const TriedCommit> tried,
              std::span<const double> prior, const Noise& stated,
              std::span<const NoiseModel> models, const ShownLeak& shown);

}  // namespace leakbisect::strategies
