#pragma once

// The sections of the page, in the order a reader meets them. Each returns markup in which all text
// is escaped, or nothing when it has nothing to say.

#include "report/curves.hpp"
#include "report/model.hpp"

#include <string>

namespace leakbisect::report {

/// The sentence, and the figures of the whole hunt.
std::string answer_section(const Model& model);
/// Next steps and warnings.
std::string notes_section(const Model& model);
/// One panel a culprit.
std::string culprit_section(const Model& model);
/// Trials with the culprit on and off, each with its command.
std::string proof_section(const Model& model);
/// The hunks inside each culprit commit, with their text.
std::string drill_sections(const Model& model);
/// The most probable units.
std::string ranking_section(const Model& model);
/// Containers that the page's script fills with charts.
std::string curve_section(const Model& model, const Curves& curves);
std::string progress_section(const Model& model);
/// All trials in order, as coloured cells, and as a table with logs and commands.
std::string strip_section(const Model& model);
std::string table_section(const Model& model);

/// A list item: the trial's name as a link to its row, coloured by its verdict.
std::string trial_cell(const trial::Record& record);

}  // namespace leakbisect::report
