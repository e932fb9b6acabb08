#include "hunt/trouble.hpp"

#include "base/quantity.hpp"
#include "hunt/controls.hpp"
#include "hunt/load_rate.hpp"
#include "load/landing.hpp"

#include <algorithm>

namespace leakbisect::hunt {

using strategies::OutcomeKind;
using trial::Record;
using trial::Stage;

namespace {

constexpr int in_a_row = 3;
constexpr double most_patience = 4;  // times subject.ready.timeout
constexpr double most_of_patience =
    0.9;  // of the time that a start may take: it did not end by itself

bool waits_longer(HuntContext& context, const Record& record) {
  if (!context.hunt.subject) return false;
  TroubleRow& row = context.trouble();
  const double waited_s = row.ready_factor() * context.hunt.subject->ready.timeout_s;
  if (row.ready_factor() >= most_patience || record.seconds < most_of_patience * waited_s)
    return false;
  row.wait_twice_as_long();
  context.warn(fmt::format(
      "the server was not ready within {} three times in a row ({}): trials go on with {} "
      "(subject.ready.timeout)",
      format_duration(waited_s), record.id, format_duration(2 * waited_s)));
  return true;
}

bool changes(HuntContext& context, Trouble trouble, const Record& record) {
  if (trouble == Trouble::start) return waits_longer(context, record);
  if (trouble == Trouble::load_late || trouble == Trouble::crash)
    return lower_rate(context, record);
  return false;
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

void mind_trouble(HuntContext& context, const Record& record) {
  const auto trouble = telling_nothing(record);
  if (!context.trouble().hear(trouble) || changes(context, *trouble, record)) return;
  if (context.trouble().is_news(*trouble))
    context.warn("three trials in a row told nothing: " + trouble_advice(*trouble, record));
}

}  // namespace leakbisect::hunt
