#include "hunt/proof/judged_again.hpp"

#include "hunt/proof/claims.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace leakbisect::hunt {

namespace {

constexpr double plain_errors = 3;  // standard errors
constexpr double no_leak = 0.3;     // of the leak

}  // namespace

std::optional<trial::Record> seen_by(const HuntContext& context, const Controls& by,
                                     trial::Record record) {
  if (record.kind != strategies::OutcomeKind::measured || !is_of_search(record)) return record;
  auto decision = by.judge->again(context, by, record);
  if (!decision) return std::nullopt;
  record.decision = *std::move(decision);
  return record;
}

void see_by(HuntContext& context, const Controls& by) {
  std::map<std::string, trial::Record> seen;
  for (const trial::Record& record : context.trials.finished())
    if (auto again = seen_by(context, by, record)) seen.emplace(record.id, *std::move(again));
  // As long as a proof between these ends, whatever they were run for.
  std::set<std::string> confirming;
  for (const auto& [id, record] : seen)
    if (is_of_search(record) && record.decision.decided_at_s >= by.judge->proof_length_s())
      confirming.insert(id);
  context.confirm_by(std::move(confirming));
  context.see_as([seen = std::move(seen)](const trial::Record& record) {
    const auto found = seen.find(record.id);
    return found == seen.end() ? record : found->second;
  });
}

std::optional<stats::Decision> by_little_growth(const trial::Record& record,
                                                const Controls& controls) {
  stats::Decision decision = record.decision;
  const double upper = decision.slope + plain_errors * decision.slope_se;
  const bool says_so =
      std::isfinite(upper) && decision.slope_se > 0 && upper < no_leak * controls.leak_slope;
  if (!says_so) return std::nullopt;
  decision.verdict = stats::Verdict::clean;
  decision.llr = -std::log(99.0);
  return decision;
}

bool is_flat_upon(const HuntContext& context, const std::string& commit) {
  const strategies::SearchSpace& space = context.space;
  const auto found = std::ranges::find(space.names, commit);
  if (space.shape != strategies::Shape::history || found == space.names.end()) return false;
  const auto unit = static_cast<strategies::UnitIndex>(found - space.names.begin());
  const std::vector<bool> upon = with_descendants(space, {unit});
  return std::ranges::any_of(context.finished_as_seen(), [&](const trial::Record& record) {
    const strategies::UnitIndex tried = record.configuration.commit;
    return is_of_search(record) && record.decision.verdict == stats::Verdict::clean &&
           tried < upon.size() && upon[tried];
  });
}

}  // namespace leakbisect::hunt
