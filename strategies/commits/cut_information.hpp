#pragma once

// How much a trial of a commit would teach, beside the trials that are still running: the mutual
// information between their verdicts and the first commit that leaks. Pure
// arithmetic on masses.

#include "strategies/commits/commit_posterior.hpp"

namespace leakbisect::strategies {

class CutInformation {
 public:
  /// `running`: commits under trial (no_unit: the good end); the first eight are considered.
  CutInformation(const CommitPosterior& belief, std::span<const UnitIndex> running);

  /// For each commit (no_unit: the good end), the information in bits that its trial would add.
  [[nodiscard]] std::vector<double> gains(std::span<const UnitIndex> commits) const;

  /// The share of the belief at which a trial alone teaches most: 1/2 when errors are even.
  [[nodiscard]] double best_share() const;

 private:
  [[nodiscard]] double gain(std::span<const double> inside, const Noise& noise) const;
  /// Adds up, for up to 64 commits, the mass of each class among itself and its ancestors.
  void add_masses(std::span<const UnitIndex> commits, std::vector<std::vector<double>>& in) const;

  const CommitPosterior& belief_;
  std::vector<int> classes_;                ///< by position: which running trials have it inside
  std::vector<double> class_mass_;          ///< class 0 has "none", class 1 "the good end"
  std::vector<std::vector<double>> given_;  ///< P(verdicts of the running | class)
  double entropy_ = 0;                      ///< of those verdicts
};

}  // namespace leakbisect::strategies
