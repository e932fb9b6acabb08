#include "hunt/ends/trouble.hpp"

#include "base/quantity.hpp"
#include "hunt/ends/controls.hpp"
#include "hunt/ends/load_rate.hpp"
#include "load/landing.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::OutcomeKind;
using trial::Record;
using trial::Stage;

namespace {

constexpr int in_a_row = 3;
constexpr std::uint64_t first_requests = 50;
constexpr double most_patience = 4;  // times subject.ready.timeout
// Once a start was waited for in vain: times the longest start of the hunt so far, and at least.
constexpr double of_starts = 20, least_patience_s = 20;
constexpr double most_of_patience =
    0.9;  // of the time that a start may take: it did not end by itself

double waited_s_of(const HuntContext& context) {
  return start_patience_s(context).value_or(context.hunt.subject->ready.timeout_s);
}

// It did not end by itself: its time to get ready was over.
bool ran_out(const HuntContext& context, const Record& record) {
  return context.hunt.subject && record.seconds >= most_of_patience * waited_s_of(context);
}

bool waits_longer(HuntContext& context, const Record& record) {
  if (!ran_out(context, record)) return false;
  const double waited_s = waited_s_of(context);
  if (waited_s >= most_patience * context.hunt.subject->ready.timeout_s) return false;
  context.trouble().wait_twice_as_long();
  context.warn(fmt::format(
      "the server was not ready within {} three times in a row ({}): trials go on with {} "
      "(subject.ready.timeout)",
      format_duration(waited_s), record.id, format_duration(2 * waited_s)));
  return true;
}

bool changes(HuntContext& context, Trouble trouble, const Record& record) {
  if (trouble == Trouble::start) return waits_longer(context, record);
  if (trouble == Trouble::crash)
    return !ended_at_once(record) && context.trouble().may_lower_for_crash() &&
           lower_rate(context, record);
  return trouble == Trouble::load_late && lower_rate(context, record);
}

// A curve that decides nothing is evidence, unless it is its load that spoilt it.
std::optional<Trouble> telling_nothing(const Record& record) {
  const auto trouble = trouble_of(record);
  const bool is_measured = record.kind == OutcomeKind::measured;
  if (is_measured && !(trouble == Trouble::load_late && load::is_overrun(record.counts)))
    return std::nullopt;
  return trouble;
}

}  // namespace

std::optional<Trouble> trouble_of(const Record& record) {
  const bool is_measured = record.kind == OutcomeKind::measured;
  if (is_measured && record.decision.verdict != stats::Verdict::undecided) return std::nullopt;
  if (record.kind == OutcomeKind::cancelled) return std::nullopt;
  if (is_measured && !record.load_notes.empty()) return Trouble::load_late;
  if (is_measured) return Trouble::unclear;
  if (record.stage == Stage::build) return Trouble::build;
  if (record.stage == Stage::start) return Trouble::start;
  if (record.lost) return Trouble::load_late;
  return record.kind == OutcomeKind::error ? Trouble::crash : Trouble::answers;
}

bool ended_at_once(const Record& record) {
  return trouble_of(record) == Trouble::crash && record.counts.counts_requests &&
         record.counts.answered < first_requests;
}

std::string trouble_advice(Trouble trouble, const Record& last) {
  switch (trouble) {
    case Trouble::build:
      return fmt::format(
          "builds fail: see trials/{}/build.log, then change subject.build, or add what old "
          "commits need as units.git.fixups",
          last.id);
    case Trouble::start:
      return fmt::format(
          "the server does not come up: see trials/{}/server.err, then change subject.start, "
          "subject.ready or subject.ready.timeout",
          last.id);
    case Trouble::answers:
      return fmt::format(
          "the load told nothing ({}): where such answers are normal, add \"expect\" to "
          "load.http.requests; else change the load, or how the server is started",
          last.reason);
    case Trouble::crash:
      if (ended_at_once(last))
        return fmt::format(
            "the server ends at its first requests, at any rate: see trials/{}/server.err, then "
            "change what it is started or built with there; what cannot be tested is searched "
            "around",
            last.id);
      return fmt::format(
          "the server ends under load: see trials/{}/server.err, then lower load.http.rate, or "
          "raise limits.memory where it was killed for memory",
          last.id);
    case Trouble::load_late:
      return fmt::format(
          "the load is not answered as planned ({}): lower load.http.rate, raise "
          "load.http.connections or load.http.timeout, or run on a quieter machine",
          last.load_notes.empty() ? last.reason : last.load_notes.back());
    case Trouble::unclear:
      break;
  }
  return "the curves are too noisy for the time they have: raise limits.trial or load.http.rate, "
         "lower search.confidence, or let memory be read after collections (memory.settle)";
}

bool TroubleRow::hear(std::optional<Trouble> trouble) {
  length_ = trouble && trouble == trouble_ ? length_ + 1 : trouble.has_value();
  trouble_ = trouble;
  if (length_ < in_a_row) return false;
  length_ = 0;
  return true;
}

std::optional<double> start_patience_s(const HuntContext& context) {
  const TroubleRow& row = context.trouble();
  if (!context.hunt.subject || !row.waited_in_vain()) return std::nullopt;
  const double allowed_s = context.hunt.subject->ready.timeout_s;
  double longest_s = 0;
  for (const Record& record : context.trials.finished())
    longest_s = std::max(longest_s, record.ready_seconds);
  const double enough_s =
      longest_s > 0 ? std::max(of_starts * longest_s, least_patience_s) : allowed_s;
  const double patience_s = row.ready_factor() * std::min(allowed_s, enough_s);
  return patience_s == allowed_s ? std::nullopt : std::optional(patience_s);
}

void mind_trouble(HuntContext& context, const Record& record) {
  const auto trouble = telling_nothing(record);
  const bool in_vain = trouble == Trouble::start && ran_out(context, record);
  const bool is_row = context.trouble().hear(trouble);
  const bool changed = is_row && changes(context, *trouble, record);
  if (in_vain) context.trouble().note_vain_wait();
  if (!is_row || changed) return;
  if (context.trouble().is_news(*trouble))
    context.warn("three trials in a row told nothing: " + trouble_advice(*trouble, record));
}

}  // namespace leakbisect::hunt
