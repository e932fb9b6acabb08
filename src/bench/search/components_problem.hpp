#pragma once

// Problems of components: which leak, alone or only together, which the server cannot run without,
// and how wrong a measured slope is. The truth of the cells C-.

#include "bench/search/search_cell.hpp"

namespace leakbisect::bench {

struct ComponentProblem {
  strategies::SearchSpace space;
  std::vector<std::vector<strategies::UnitIndex>> culprits;  ///< ascending; each leaks together
  std::vector<double> sizes;                                 ///< slope of each
  std::vector<bool> essential;  ///< empty, or one a unit: nothing runs without it
  double spread = 0.02;         ///< standard error that trials state
  double inflation = 1;         ///< of the true error over the stated one
  double drift = 0;             ///< slope that each trial adds to all later ones
  bool heavy_tails = false;     ///< Student's t with 3 degrees of freedom, same deviation
  /// Trials tell verdicts only, which err at the rates of the space times `inflation`.
  bool verdicts_only = false;
  /// The search begins without controls: it has to find out itself whether anything leaks.
  bool no_controls = false;
};

std::unique_ptr<Instance> make_components(ComponentProblem problem, std::uint64_t key);

}  // namespace leakbisect::bench
