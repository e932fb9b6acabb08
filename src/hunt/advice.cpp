#include "hunt/advice.hpp"

#include "stats/decision.hpp"

#include <fmt/format.h>

#include <array>

namespace leakbisect::hunt {

using strategies::OutcomeKind;
using trial::Record;
using trial::Stage;

namespace {

enum Trouble { build, start, answers, crash, load_late, unclear, troubles };

std::optional<Trouble> trouble_of(const Record& record) {
  const bool is_measured = record.kind == OutcomeKind::measured;
  if (is_measured && record.decision.verdict != stats::Verdict::undecided) return std::nullopt;
  if (record.kind == OutcomeKind::cancelled) return std::nullopt;
  if (is_measured && !record.load_notes.empty()) return load_late;
  if (is_measured) return unclear;
  if (record.stage == Stage::build) return build;
  if (record.stage == Stage::start) return start;
  if (record.lost) return load_late;
  return record.kind == OutcomeKind::error ? crash : answers;
}

// The keys of the hunt file that a trouble is mended with.
std::string words_for(Trouble trouble, const Record& last) {
  switch (trouble) {
    case build:
      return fmt::format(
          "builds fail: see trials/{}/build.log, then change subject.build, or add what old "
          "commits need as units.git.fixups",
          last.id);
    case start:
      return fmt::format(
          "the server does not come up: see trials/{}/server.err, then change subject.start, "
          "subject.ready or subject.ready.timeout",
          last.id);
    case answers:
      return fmt::format(
          "answers are not what the ends gave ({}): add \"expect\" to load.http.requests "
          "where that is normal, or change the requests",
          last.reason);
    case crash:
      return fmt::format(
          "the server ends under load: see trials/{}/server.err, then lower load.http.rate, or "
          "raise limits.memory where it was killed for memory",
          last.id);
    case load_late:
      return fmt::format(
          "the load is not answered as planned ({}): lower load.http.rate, raise "
          "load.http.connections or load.http.timeout, or run on a quieter machine",
          last.load_notes.empty() ? last.reason : last.load_notes.back());
    case unclear:
    case troubles:
      break;
  }
  return "the curves are too noisy for the time they have: raise limits.trial or load.http.rate, "
         "lower search.confidence, or let memory be read after collections (memory.settle)";
}

}  // namespace

void advise_always(report::Model& model) {
  if (!model.advice.empty() || model.result == "culprit" || model.result == "clean") return;
  std::array<int, troubles> counts{};
  std::array<const Record*, troubles> last{};
  for (const Record& record : model.trials)
    if (const auto trouble = trouble_of(record)) {
      ++counts[*trouble];
      last[*trouble] = &record;
    }
  int most = troubles;
  for (int each = 0; each < troubles; ++each)
    if (counts[each] > 0 && (most == troubles || counts[each] > counts[most])) most = each;
  if (model.result == "reversed") {
    model.advice.emplace_back(
        "exchange the two ends of `units`, or look for what ended the leak with --fix");
    return;
  }
  if (most != troubles) model.advice.push_back(words_for(static_cast<Trouble>(most), *last[most]));
  model.advice.push_back(fmt::format("try `leakbisect check {}`, which names what is amiss",
                                     model.hunt_file.string()));
}

}  // namespace leakbisect::hunt
