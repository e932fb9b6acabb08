#include "hunt/beyond/drill_accuse.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::AnswerKind;
using strategies::UnitIndex;

namespace {

constexpr int most_named_beside = 2;  // without which one has no effect

FoundHunks found_in(const ClimbResult& result, const ClimbPlan& plan) {
  FoundHunks found;
  const UnitIndex first = *std::ranges::min_element(result.same);
  found.below = first == 0 ? result.ladder.base : result.ladder.on_at(first - 1);
  found.with = result.ladder.on_at(*std::ranges::max_element(result.same));
  found.accused.units = result.units;
  found.accused.is_class = result.same.size() > 1;
  found.accused.probability = plan.weight * result.answer.culprits.front().probability;
  return found;
}

}  // namespace

asio::awaitable<std::optional<FoundHunks>> HunkSearch::accuse(HunkSet left) {
  ClimbPlan plan;
  plan.among = left;
  plan.last = apart_from(left, apart_from(left, idle_));
  plan.base_is_known = !is_merge_;
  auto result = co_await climb_.run(plan);
  if (!result) co_return std::nullopt;
  if (result->answer.kind != AnswerKind::culprit) co_return std::nullopt;
  // It is among those that were set aside: they are searched as well.
  if (plan.last.size() > 1 && result->units == plan.last) {
    plan.base = apart_from(left, plan.last);
    plan.last.clear();
    plan.weight = result->answer.culprits.front().probability;
    result = co_await climb_.run(plan);
    if (!result || result->answer.kind != AnswerKind::culprit) co_return std::nullopt;
  }
  FoundHunks found = found_in(*result, plan);
  if (found.accused.is_class) co_await narrow(found);
  co_return found;
}

bool HunkSearch::look_again() {
  if (std::exchange(looked_again_, true)) return false;
  idle_.clear();
  return true;
}

// Rungs that cannot be tested hide which of some hunks it is: taken in the other order, other
// rungs can be.
asio::awaitable<void> HunkSearch::narrow(FoundHunks& found) {
  ClimbPlan plan;
  plan.base = found.below;
  plan.among = found.with;
  plan.backwards = true;
  plan.weight = found.accused.probability;
  const auto result = co_await climb_.run(plan);
  if (!result || result->answer.kind != AnswerKind::culprit) co_return;
  FoundHunks again = found_in(*result, plan);
  if (again.accused.units.size() < found.accused.units.size()) found = std::move(again);
}

asio::awaitable<HunkProof> HunkSearch::prove(HunkSet left, FoundHunks& found) {
  HunkClaim claim{found.accused.units, left, found.below, found.with, is_merge_};
  HunkProof shown = co_await prove_hunks(trials_, claim, needs_);
  // Flat without it, and flat with it alone: it leaks only together with others.
  for (int round = 0; round < most_named_beside; ++round) {
    if (shown.halted || shown.on != Side::otherwise || shown.off != Side::as_wanted) break;
    ClimbPlan plan;
    plan.base = with_needs(claim.accused, needs_);
    plan.among = found.with;
    plan.weight = 0;
    const auto result = co_await climb_.run(plan);
    if (!result || result->answer.kind != AnswerKind::culprit) break;
    claim.accused = joined(claim.accused, result->units);
    HunkProof together = co_await prove_hunks(trials_, claim, needs_);
    if (together.halted) break;
    found.accused.beside.push_back(result->units);
    shown = std::move(together);
  }
  co_return shown;
}

}  // namespace leakbisect::hunt
