#include "hunt/wishes.hpp"

#include "hunt/beyond/drill.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "hunt/proof/proof.hpp"
#include "hunt/search/search.hpp"

#include <algorithm>
#include <iterator>

namespace leakbisect::hunt {

using executor::Likely;
using strategies::Configuration;

namespace {

std::vector<Likely> likely(units::UnitSource* source, const std::vector<Configuration>& wanted) {
  std::vector<Likely> wishes;
  wishes.reserve(wanted.size());
  for (const Configuration& configuration : wanted) wishes.push_back({source, configuration});
  return wishes;
}

}  // namespace

Wishes::Wishes(boost::asio::any_io_executor io, executor::Executor& executor,
               const strategies::SearchSpace& space, std::string strategy, std::uint64_t seed)
    : io_(std::move(io)),
      executor_(executor),
      space_(space),
      strategy_(std::move(strategy)),
      seed_(seed) {}

std::optional<Rehearsal> Wishes::rehearsal() const {
  if (is_exec(strategy_)) return std::nullopt;
  return proven_rehearsal(space_, space_.prior, *strategies::find_strategy(strategy_), seed_);
}

void Wishes::before_controls() {
  std::vector<Configuration> wanted{strategies::good_end(space_)};
  if (const auto search = rehearsal())
    std::ranges::copy(first_asks(*search), std::back_inserter(wanted));
  want(wanted);
}

void Wishes::before_proof(const strategies::Answer& answer, const units::Inside& inside) {
  std::vector<Likely> wishes = likely(nullptr, proof_configurations(space_, answer));
  for (Likely& wish : wishes) wish.clean = true;
  std::ranges::copy(likely(inside.source.get(), first_drills(inside, seed_)),
                    std::back_inserter(wishes));
  executor_.build_ahead(io_, std::move(wishes));
}

void Wishes::want(const std::vector<Configuration>& wanted) {
  executor_.build_ahead(io_, likely(nullptr, wanted));
}

}  // namespace leakbisect::hunt
