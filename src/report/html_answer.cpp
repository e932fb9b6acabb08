#include "base/quantity.hpp"
#include "report/culprit_words.hpp"
#include "report/html_escape.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"
#include "units/unit_source.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::report {
namespace {

constexpr std::size_t all_lines = 400;  // of a hunk

std::string fact(std::string_view name, const std::string& value) {
  if (value.empty()) return "";
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, escape_html(value));
}

std::string list_of(std::string_view kind, const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = fmt::format("<div class=\"notes {}\"><ul>", kind);
  for (const auto& line : lines) out += fmt::format("<li>{}</li>", escape_html(line));
  return out + "</ul></div>";
}

std::vector<std::string> filling_lines(const Model& model) {
  std::vector<std::string> lines;
  for (const FillingRow& filling : model.fillings) lines.push_back(filling_words(model, filling));
  return lines;
}

std::string ranking_row(std::string_view name, double probability) {
  const double share = std::isfinite(probability) ? std::clamp(probability, 0.0, 1.0) : 0;
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td>"
      "<td class=\"bar\" aria-hidden=\"true\"><i style=\"width:{:.2f}%\"></i></td></tr>",
      name, percent_text(probability), share * 100);
}

// The commits that trials cannot tell apart, each with its own probability.
std::string class_table(const CulpritRow& culprit) {
  if (culprit.same.size() < 2) return "";
  std::string out = "<table class=\"ranking\"><tbody>";
  for (const Candidate& one : culprit.same)
    out +=
        ranking_row(fmt::format("<code>{}</code>", escape_html(one.description)), one.probability);
  return out + "</tbody></table>";
}

std::string culprit_panel(const Model& model, const CulpritRow& culprit) {
  const bool is_fix = ended_it(model);
  std::string out =
      fmt::format("<article class=\"culprit\"><h3>{}</h3>", escape_html(culprit_name(culprit)));
  if (!culprit.description.empty())
    out += fmt::format("<p>{}</p>", escape_html(culprit.description));
  out += "<dl class=\"facts\">";
  if (culprit.slope != 0)
    out += fact(is_fix ? "took away" : "leaks",
                slope_words(culprit.slope, culprit.slope_se, per_what(model)));
  for (const auto& [name, words] : certainty(model, culprit, model.proof)) out += fact(name, words);
  out += "</dl>";
  if (culprit.together.size() > 1)
    out += fmt::format("<p class=\"soft\">These {} only when all of them are on.</p>",
                       is_fix ? "end the leak" : "leak");
  return out + class_table(culprit) + "</article>\n";
}

const trial::Record* find_trial(const Model& model, const std::string& id) {
  const auto found = std::find_if(model.trials.begin(), model.trials.end(),
                                  [&](const auto& record) { return record.id == id; });
  return found == model.trials.end() ? nullptr : &*found;
}

std::string proof_side(const Model& model, std::string_view title,
                       const std::vector<std::string>& ids) {
  std::string cells;
  std::vector<std::string> commands;
  for (const auto& id : ids) {
    const trial::Record* record = find_trial(model, id);
    if (record == nullptr) continue;
    cells += trial_cell(*record);
    const std::string command = reproduce_command(model, *record);
    if (!command.empty() && std::ranges::find(commands, command) == commands.end())
      commands.push_back(command);
  }
  if (cells.empty()) return "";
  std::string out = fmt::format("<div><h3>{}</h3><ul class=\"strip\">{}</ul>", title, cells);
  if (!commands.empty())
    out += fmt::format("<pre class=\"command\" tabindex=\"0\"><code>{}</code></pre>",
                       escape_html_lines(fmt::format("{}", fmt::join(commands, "\n"))));
  return out + "</div>";
}

// Trials with the culprit and without it, a title each.
std::string proof_sides(const Model& model, const Proof& proof, std::string_view with) {
  const bool is_fix = ended_it(model);
  return proof_side(model, with, is_fix ? proof.clean_trials : proof.leaking_trials) +
         proof_side(model, "Without it", is_fix ? proof.leaking_trials : proof.clean_trials);
}

std::string hunk_facts(const Model& model, const Drill& drill, const CulpritRow& culprit) {
  std::string out = "<dl class=\"facts\">" + fact("hunk", culprit_name(culprit));
  if (culprit.slope > 0)
    out += fact(ended_it(model) ? "took away" : "leaks",
                slope_words(culprit.slope, culprit.slope_se, per_what(model)));
  for (const auto& [name, words] : certainty(model, culprit, drill.proof)) out += fact(name, words);
  return out + "</dl>";
}

std::string inside_of(const Model& model, const Drill& drill) {
  const std::string which =
      model.drills.size() > 1 ? units::short_name(drill.commit) : "the commit";
  std::string out = fmt::format("<p>{}</p>", escape_html(drill.sentence));
  if (drill.confidence > 0)
    out += "<dl class=\"facts\">" + fact("confidence", percent_text(drill.confidence)) +
           fact("hunks", count_text(static_cast<double>(drill.units))) + "</dl>";
  if (!drill.set_aside.empty())
    out += fmt::format("<p>Set aside: {}.</p>", escape_html(set_aside_words(drill)));
  for (const auto& culprit : drill.culprits) out += hunk_facts(model, drill, culprit);
  for (const auto& hunk : drill.hunks)
    out += fmt::format("<article class=\"culprit\"><h3>{}</h3>{}</article>\n",
                       escape_html(hunk.description), diff_block(hunk.text, all_lines));
  if (drill.proof.done)
    out += fmt::format("<p>{}</p><div class=\"sides\">{}</div>", escape_html(drill.proof.sentence),
                       proof_sides(model, drill.proof, "With the hunk"));
  if (drill.origin)
    out += fmt::format("<p>Origin: {} ({}).</p>", escape_html(drill.origin->sentence),
                       escape_html(drill.origin->trial));
  return fold("Inside " + escape_html(which), "", out);
}

}  // namespace

std::string notes_section(const Model& model) {
  const auto hint = [](const std::vector<std::string>& lines) {
    return std::to_string(lines.size());
  };
  const std::vector<std::string> filling = filling_lines(model);
  // Of an answer that stands they are for later; else they are why there is none.
  const bool is_open = model.result != HuntResult::culprit;
  return fold("Warnings", hint(model.warnings), list_of("warnings", model.warnings), is_open) +
         fold("Fills up: no culprits", hint(filling), list_of("fillings", filling), is_open);
}

std::string culprit_section(const Model& model) {
  if (model.culprits.empty()) return "";
  std::string out = "<div class=\"culprits\">";
  for (const auto& culprit : model.culprits) out += culprit_panel(model, culprit);
  out += "</div>";
  for (const TwinRow& twin : model.twins)
    out += fmt::format("<p>Twin: {}.</p>", escape_html(twin_words(twin)));
  const bool is_one = model.culprits.size() == 1;
  const bool is_all_said =
      is_one && model.twins.empty() && is_plain(model.culprits.front(), model.wanted_confidence);
  return fold(is_one ? "How sure it is" : "Culprits",
              is_one ? "" : std::to_string(model.culprits.size()), out, !is_all_said);
}

std::string proof_section(const Model& model) {
  const Proof& proof = model.proof;
  if (!proof.done && proof.sentence.empty()) return "";
  return fold("Proof", proof.done ? proof.holds ? "it holds" : "it does not hold" : "",
              fmt::format("<p>{}</p><div class=\"sides\">{}</div>", escape_html(proof.sentence),
                          proof_sides(model, proof, "With the culprit")),
              proof.done && !proof.holds);
}

std::string drill_sections(const Model& model) {
  std::string out;
  for (const Drill& drill : model.drills) out += inside_of(model, drill);
  return out;
}

std::string ranking_section(const Model& model) {
  if (model.ranking.empty()) return "";
  std::string out = "<table class=\"ranking\"><tbody>";
  for (const auto& [unit, probability] : model.ranking)
    out += ranking_row(fmt::format("<code>{}</code>", escape_html(unit)), probability);
  out += ranking_row(none_words(model), model.none_probability) + "</tbody></table>";
  return fold("Ranking", "how probable each unit is", out, model.culprits.empty());
}

namespace {

// Beside what it is the confidence in, where that is not the one unit of the headline.
std::string confidence_fact(const Model& model) {
  if (model.confidence <= 0) return "";
  const std::string percent = percent_text(model.confidence);
  const bool is_one =
      model.culprits.size() != 1 || is_plain(model.culprits.front(), model.wanted_confidence);
  if (is_one) return fact("confidence", percent);
  return fact("confidence",
              fmt::format("{} in {} together", percent, model.culprits.front().credible.size()));
}

}  // namespace

std::string cost_section(const Model& model) {
  const auto [server, build] = spent_by(model);
  std::string out = "<dl class=\"facts\">";
  out += confidence_fact(model);
  out += fact("trials", count_text(static_cast<double>(model.trials.size())));
  out += fact("server time", format_duration(server));
  if (build >= 0.05) out += fact("build time", format_duration(build));
  out += fact("wall time", format_duration(model.wall_seconds));
  if (model.budget_seconds > 0) out += fact("budget", format_duration(model.budget_seconds));
  out += fact("good end", model.found_end);
  out += fact("positive control", model.known_leak);
  out += fact("strategy", model.strategy);
  out += fact("seed", std::to_string(model.seed));
  return fold("How it was hunted", "", out + "</dl>");
}

}  // namespace leakbisect::report
