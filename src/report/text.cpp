#include "base/quantity.hpp"
#include "report/culprit_words.hpp"
#include "report/headline.hpp"
#include "report/model.hpp"
#include "report/terminal.hpp"
#include "report/words.hpp"
#include "units/unit_source.hpp"
#include "witness/words.hpp"

#include <algorithm>
#include <utility>

namespace leakbisect::report {
namespace {

constexpr std::size_t ranking_shown = 5;

void row(std::string& out, std::string_view name, const std::string& value) {
  if (!value.empty()) out += fmt::format("  {:<12} {}\n", name, value);
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + printable(name);
  return out;
}

std::string culprit_lines(const Model& model, const CulpritRow& culprit) {
  const bool is_fix = ended_it(model);
  std::string out = fmt::format("\n{}\n", printable(culprit_name(culprit)));
  row(out, "what", printable(culprit.description));
  if (culprit.slope_se > 0 || culprit.slope > 0)
    row(out, is_fix ? "took away" : "leaks",
        slope_words(culprit.slope, culprit.slope_se, per_what(model)));
  if (culprit.together.size() > 1)
    row(out, "together",
        is_fix ? "ends the leak only when all of these are on"
               : "leaks only when all of these are on");
  for (const auto& [name, words] : certainty(model, culprit, model.proof))
    row(out, name, printable(words));
  return out;
}

std::string drill_lines(const Model& model, const Drill& drill) {
  std::string out = "\n";
  if (model.drills.size() > 1) out += printable(units::short_name(drill.commit)) + ": ";
  out += printable(drill.sentence) + "\n";
  for (const auto& culprit : drill.culprits) {
    row(out, "hunk", printable(culprit_name(culprit)));
    if (culprit.slope > 0)
      row(out, ended_it(model) ? "took away" : "leaks",
          slope_words(culprit.slope, culprit.slope_se, per_what(model)));
    for (const auto& [name, words] : certainty(model, culprit, drill.proof))
      row(out, name, printable(words));
  }
  if (!drill.suspects.empty()) row(out, "suspects", joined(drill.suspects));
  if (!drill.set_aside.empty()) row(out, "set aside", printable(set_aside_words(drill)));
  row(out, "proof", printable(drill.proof.sentence));
  if (drill.origin)
    row(out, "origin",
        fmt::format("{} ({}).", printable(drill.origin->sentence), drill.origin->trial));
  return out;
}

std::string trials_line(const Model& model) {
  const auto [server, build] = spent_by(model);
  std::string line = fmt::format("{} in {} ({} of server time", model.trials.size(),
                                 format_duration(model.wall_seconds), format_duration(server));
  if (build >= 0.05) line += fmt::format(", {} of builds", format_duration(build));
  return line + ")";
}

std::string ranking_lines(const Model& model) {
  std::string out;
  const std::size_t shown = std::min(model.ranking.size(), ranking_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& [unit, probability] = model.ranking[i];
    row(out, i == 0 ? "ranking" : "",
        fmt::format("{:>7}  {}", percent_text(probability), printable(unit)));
  }
  if (shown > 0)
    row(out, "", fmt::format("{:>7}  {}", percent_text(model.none_probability), none_words(model)));
  return out;
}

}  // namespace

std::string to_text(const Model& model, std::size_t width) {
  std::string out = printable(model.sentence) + "\n";
  for (const auto& culprit : model.culprits) out += culprit_lines(model, culprit);
  for (const TwinRow& twin : model.twins) row(out, "twin", printable(twin_words(twin)));
  for (const FillingRow& filling : model.fillings)
    row(out, "fills up", printable(filling_words(model, filling)));
  for (const Drill& drill : model.drills) out += drill_lines(model, drill);
  out += "\n";
  if (model.witness) {
    std::string_view name = "which line";
    for (const std::string& line : witness::first_lines(*model.witness))
      row(out, std::exchange(name, ""), printable(line));
  }
  row(out, "proof", printable(model.proof.sentence));
  row(out, "good end", printable(model.found_end));
  row(out, "known leak", printable(model.known_leak));
  row(out, "trials", trials_line(model));
  row(out, "strategy", fmt::format("{}, seed {}", printable(model.strategy), model.seed));
  if (model.culprits.empty()) out += ranking_lines(model);
  for (const auto& warning : model.warnings) row(out, "warning", printable(warning));
  for (const auto& step : model.advice) row(out, "next", printable(step));
  row(out, "report", printable((model.directory / "report.html").string()));
  return out + "\n" + boxed(model, width);
}

}  // namespace leakbisect::report
