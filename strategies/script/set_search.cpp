#include "strategies/script/set_search.hpp"

namespace leakbisect::strategies {
namespace {

constexpr int most_attempts = 3;  ///< searches, when certification contradicts one

}  // namespace

Task<Answer> SetSearch::search() {
  const std::optional<Answer> nothing_to_search = co_await look_at_ends();
  if (nothing_to_search) co_return *nothing_to_search;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const bool complete = co_await collect();
    if (complete) {
      std::vector<Claim> to_show = claims();
      const std::optional<double> confidence = co_await certify(std::move(to_show));
      if (confidence) co_return accusation(*confidence);
    }
    const std::vector<Configuration> doubtful = ledger().relied_on();
    co_await again(doubtful, "the trials contradict each other");
  }
  Answer answer = accusation(0);
  answer.kind = AnswerKind::undecided;
  answer.reason = "the trials contradict each other: make them longer, or state their noise";
  co_return answer;
}

/// Finds one culprit after the other, each with those before it switched off, until the rest does
/// not leak. False when nothing is left of a set that leaks, which only noise can cause.
Task<bool> SetSearch::collect() {
  found_.clear();
  acquit_all();
  rest_ = movable();
  while (true) {
    suspect(rest_);
    const Configuration remaining = only(rest_);
    const Finding finding = co_await trial(remaining, "all but the culprits found");
    if (finding != Finding::leaking) co_return !found_.empty();
    const Units set = co_await minimal(rest_);
    if (set.empty()) co_return false;
    Found found = co_await tell_apart(set);
    rest_ = remove(rest_, found.culprits);
    accuse(found.culprits);
    found_.push_back(std::move(found));
  }
}

/// Of the tips of a minimal set, culprits are those without which it runs clean. Those without
/// which it does not run are essential to the server, and accused only if nothing else is left.
Task<SetSearch::Found> SetSearch::tell_apart(const Units& set) {
  Found found{set, {}};
  const Units ends = tips(set);
  std::vector<Configuration> less;
  for (const UnitIndex unit : ends) less.push_back(only(remove(set, {unit})));
  const std::vector<Finding> findings = co_await trials(less, "is each of them needed to leak");
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (findings[i] != Finding::untestable) found.culprits.push_back(ends[i]);
  }
  if (found.culprits.empty()) found.culprits = ends;
  co_return found;
}

/// Each set leaks, it is clean without any one of its culprits, and without all culprits nothing
/// leaks.
std::vector<ToggleScript::Claim> SetSearch::claims() const {
  std::vector<Claim> result;
  for (const Found& found : found_) {
    claim(result, only(found.set), Finding::leaking);
    for (const UnitIndex unit : found.culprits) {
      claim(result, only(remove(found.set, {unit})), Finding::clean);
    }
  }
  claim(result, only(rest_), Finding::clean);
  return result;
}

Answer SetSearch::accusation(double confidence) const {
  Answer answer{AnswerKind::culprit, {}, confidence, ""};
  for (const Found& found : found_) {
    answer.culprits.push_back({found.culprits, confidence, found.culprits});
  }
  answer.reason = ledger().finding(only(rest_)) == Finding::clean
                      ? "on its own it leaks, and without it nothing does"
                      : "on its own it leaks; without it nothing can be tested";
  return answer;
}

}  // namespace leakbisect::strategies
