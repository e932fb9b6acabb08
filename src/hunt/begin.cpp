#include "hunt/begin.hpp"

#include "hunt/answer/answer.hpp"

namespace leakbisect::hunt {

report::Model begun_model(const Parts& parts) {
  const Header& header = parts.journal.header();
  report::Model model;
  model.find = config::find_name(parts.hunt.search.find);
  if (const auto& found = parts.journal.found_end()) model.found_end = found->sentence;
  model.kind = unit_kind(parts.hunt.units);
  model.strategy = header.strategy;
  model.seed = header.seed;
  model.hunt_file = parts.hunt.file;
  model.directory = parts.directory;
  model.budget_seconds = header.budget_s;
  model.wanted_confidence = header.confidence;
  return model;
}

void note_trial(report::Model& model, const units::UnitSource& source,
                const trial::Record& record) {
  model.trials.push_back(record);
  const bool is_history = record.configuration.shape == strategies::Shape::history;
  if (!is_history || record.purpose == trial::Purpose::drill || record.on_or_commit.empty()) return;
  const strategies::UnitIndex unit = record.configuration.commit;
  if (unit < source.space().size())
    model.described[record.on_or_commit.front()] = source.describe(unit);
}

std::size_t trials_before(const Journal& journal) {
  return journal.found_end() ? journal.found_end()->trials : 0;
}

ExecPlace exec_place_of(const Parts& parts) {
  ExecPlace place;
  place.directory = parts.hunt.file.parent_path();
  if (!parts.journal.read_only()) place.folder = parts.directory / "strategy";
  place.timeout_s = parts.hunt.search.strategy_timeout_s;
  place.workers = parts.executor.slots();
  place.budget_s = parts.journal.header().budget_s;
  return place;
}

}  // namespace leakbisect::hunt
