#pragma once

// The sections of the page, in the order a reader meets them. Each returns markup in which all text
// is escaped, or nothing when it has nothing to say.

#include "report/curves.hpp"
#include "report/model.hpp"
#include "report/two_curves.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace leakbisect::report {

/// The first screen: badge, sentence, size and place, the two curves (nothing: there are none), the
/// changed lines, the next steps.
std::string answer_section(const Model& model, const Curves& curves,
                           const std::optional<TwoCurves>& two);
/// Warnings, and what only fills up.
std::string notes_section(const Model& model);
/// The commits that were tested, in order, around the step; of a history.
std::string history_section(const Model& model);
/// A bar a route; of a hunt for routes.
std::string routes_section(const Model& model);
/// One panel a culprit.
std::string culprit_section(const Model& model);
/// Which line allocates what grows: functions with their share, and their stacks.
std::string witness_section(const Model& model);
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
/// What the hunt cost, and how it searched.
std::string cost_section(const Model& model);

/// Nothing may be fetched, and no script runs but those that this binary carries.
std::string page_policy();
/// The same with the script of `watch`, which hears events of its own site.
std::string live_policy();

/// A section that opens and closes: a title, what it says in a few words, and the body; or nothing
/// where there is no body. All of it is markup.
std::string fold(std::string_view title, std::string_view hint, const std::string& body,
                 bool is_open = false);

/// What `git diff` writes, coloured, `most` lines of it.
std::string diff_block(std::string_view text, std::size_t most);

/// A list item: the trial's name as a link to its row, coloured by its verdict.
std::string trial_cell(const trial::Record& record);

}  // namespace leakbisect::report
