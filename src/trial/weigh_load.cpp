#include "stats/decision.hpp"
#include "trial/measure.hpp"

namespace leakbisect::trial {

using strategies::OutcomeKind;

namespace {

// A trial without ends to compare with: a server that answers errors may never get to what leaks.
void doubt_flat(stats::Decision& decision, Record& record, const load::Normal& normal) {
  const auto broken = load::mostly_broken(record.counts, normal.expected);
  if (!broken) return;
  record.load_notes.push_back(*broken);
  if (decision.verdict != stats::Verdict::clean) return;
  decision.verdict = stats::Verdict::undecided;
  decision.reason = "flat, but what leaks may not have been reached: " + *broken;
}

}  // namespace

void weigh_load(Record& record, const load::Normal& normal) {
  const load::Landing landing = load::landing(record.counts, normal);
  record.load_notes = landing.notes;
  if (const std::string late = late_sentence(record.counts, record.host); !late.empty())
    record.load_notes.push_back(late);
  if (landing.nothing) {
    record.lost = landing.unanswered;
    record.kind = record.lost ? OutcomeKind::error : OutcomeKind::untestable;
    record.decision = {};
    record.reason = "the load did not land: " + *landing.nothing;
    return;
  }
  record.kind = OutcomeKind::measured;
  const std::string why = fmt::format("{}", fmt::join(record.load_notes, "; "));
  record.decision =
      stats::widened(std::move(record.decision), landing.widening, landing.untold, why);
  if (normal.ends.empty()) doubt_flat(record.decision, record, normal);
  record.reason = record.decision.reason;
}

}  // namespace leakbisect::trial
