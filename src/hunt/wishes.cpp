#include "hunt/wishes.hpp"

#include "hunt/beyond/drill.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "hunt/proof/proof.hpp"
#include "hunt/search/search.hpp"

#include <algorithm>
#include <iterator>

namespace leakbisect::hunt {

using executor::WantedBuild;
using strategies::Configuration;

std::optional<Rehearsal> rehearsal_of_hunt(const strategies::SearchSpace& space,
                                           const std::string& strategy, std::uint64_t seed) {
  if (is_exec(strategy)) return std::nullopt;
  return proven_rehearsal(space, space.prior, *strategies::find_strategy(strategy), seed);
}

std::vector<WantedBuild> wanted_at_first(const strategies::SearchSpace& space,
                                         const std::optional<Rehearsal>& search) {
  std::vector<Configuration> wanted{strategies::good_end(space)};
  if (search) std::ranges::copy(first_asks(*search), std::back_inserter(wanted));
  return wishes_of(nullptr, wanted);
}

std::vector<WantedBuild> wanted_for_proof(const strategies::SearchSpace& space,
                                          const strategies::Answer& answer,
                                          const units::Inside& inside, std::uint64_t seed) {
  std::vector<WantedBuild> wishes = wishes_of(nullptr, proof_configurations(space, answer));
  for (WantedBuild& wish : wishes) wish.clean = true;
  std::ranges::copy(wishes_of(inside.source.get(), first_drills(inside, seed)),
                    std::back_inserter(wishes));
  return wishes;
}

}  // namespace leakbisect::hunt
