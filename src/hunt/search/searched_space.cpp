#include "hunt/search/searched_space.hpp"

#include "stats/decision.hpp"

namespace leakbisect::hunt {

strategies::SearchSpace searched_space(const config::HuntFile& hunt,
                                       const units::UnitSource& source, double confidence) {
  strategies::SearchSpace space = source.space();
  space.confidence = confidence;
  space.smallest_slope = hunt.search.smallest_leak;
  const stats::ErrorRates rates = stats::assumed_error();
  space.noise = {rates.false_positive, rates.false_negative};
  if (hunt.oracle) space.noise = {hunt.oracle->false_positive, hunt.oracle->false_negative};
  return space;
}

}  // namespace leakbisect::hunt
