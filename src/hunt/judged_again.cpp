#include "hunt/judged_again.hpp"

#include "hunt/steps.hpp"
#include "strategies/history.hpp"

#include <algorithm>
#include <map>

namespace leakbisect::hunt {

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

bool is_flat_upon(const HuntContext& context, const std::string& commit) {
  const auto& names = context.space.names;
  const auto unit = std::ranges::find(names, commit);
  if (context.space.shape != strategies::Shape::history || unit == names.end()) return false;
  const strategies::History history(context.space);
  const auto at = history.position(static_cast<strategies::UnitIndex>(unit - names.begin()));
  if (at >= history.size()) return false;
  return std::ranges::any_of(context.finished_as_seen(), [&](const trial::Record& record) {
    const auto tried = history.position(record.configuration.commit);
    return is_of_search(record) && record.decision.verdict == stats::Verdict::clean &&
           tried < history.size() && history.ancestors(tried)[at];
  });
}

}  // namespace leakbisect::hunt
