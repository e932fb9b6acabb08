// The first screen: how sure the answer is, the answer, where, how much, and the two curves.

#include "base/metrics.hpp"
#include "report/culprit_words.hpp"
#include "report/headline.hpp"
#include "report/html_escape.hpp"
#include "report/html_parts.hpp"
#include "report/words.hpp"

#include <algorithm>

namespace leakbisect::report {
namespace {

constexpr std::size_t shown_lines = 40;  // of a hunk on the first screen

std::string figure_fact(std::string_view name, const std::string& value) {
  if (value.empty()) return "";
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", name, escape_html(value));
}

// Above the first "@@" stand the names of the files.
std::string_view kind_of_line(std::string_view line, bool is_above) {
  if (line.starts_with("@@")) return "at";
  if (is_above) return "file";
  if (line.starts_with('+')) return "add";
  if (line.starts_with('-')) return "del";
  return "";
}

// What `git diff` writes, coloured by what becomes of each line.
std::string diff_lines(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t lines = 0;
  bool is_above = true;
  for (std::size_t at = 0; at < text.size(); ++lines) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (lines == most) return out + "<span class=\"at\">...</span>\n";
    const std::string_view line = text.substr(at, end - at);
    const std::string_view kind = kind_of_line(line, is_above);
    is_above = is_above && kind != "at";
    out += kind.empty() ? escape_html(line) + "\n"
                        : fmt::format("<span class=\"{}\">{}</span>\n", kind, escape_html(line));
    at = end + 1;
  }
  return out;
}

std::string first_hunks(const Model& model) {
  if (model.culprits.size() != 1 || model.drills.empty()) return "";
  std::string out;
  for (const HunkRow& hunk : model.drills.front().hunks) out += diff_block(hunk.text, shown_lines);
  return out;
}

// Only what the hunt is sure of by itself stands beside the size.
std::string certainty_fact(const Model& model) {
  if (model.result == HuntResult::clean)
    return figure_fact("confidence", percent_text(model.confidence));
  if (model.culprits.size() != 1 || (model.proof.done && !model.proof.holds)) return "";
  const CulpritRow& row = model.culprits.front();
  if (row.same.size() > 1) return figure_fact("together", percent_text(row.class_probability));
  return figure_fact("probability", percent_text(row.probability));
}

std::string first_facts(const Model& model, const Headline& headline) {
  std::string out = figure_fact(ended_it(model) ? "took away" : "leaks", headline.slope) +
                    figure_fact("which is", headline.per_day) +
                    figure_fact("where", headline.place) + certainty_fact(model);
  return out.empty() ? "" : "<dl class=\"facts\">" + out + "</dl>";
}

std::string key(std::string_view colour, const NamedCurve& curve) {
  return fmt::format("<span class=\"{}\">{} <a href=\"#{}\">{}</a></span>", colour,
                     escape_html(curve.name), escape_html(curve.trial), escape_html(curve.trial));
}

std::string first_figure(const Curves& curves, const TwoCurves& two) {
  const std::string beyond =
      two.reference.empty() ? "since the load began"
                            : fmt::format("beyond that of the clean end (<a href=\"#{0}\">{0}</a>)",
                                          escape_html(two.reference));
  return fmt::format(
      "<figure class=\"first\"><figcaption><span class=\"keys\">{}{}</span>"
      "<span>Growth of <code>{}</code> {}, against {}</span></figcaption>"
      "<div id=\"first\" class=\"chart tall\" role=\"img\" aria-label=\"{}\"></div></figure>",
      key("leaking", two.leaking), key("clean", two.clean), stats::metric_name(curves.metric),
      beyond, curves.over_time ? "seconds" : "requests answered",
      escape_html(two_curves_words(two, curves)));
}

std::string next_steps(const Model& model, const Headline& headline) {
  std::vector<std::string> steps = model.advice;
  if (steps.empty() && !headline.next.empty()) steps.push_back(headline.next);
  if (steps.empty()) return "";
  std::string out = "<div class=\"notes advice\"><h2>What to do next</h2><ul>";
  for (const std::string& step : steps) out += fmt::format("<li>{}</li>", escape_html(step));
  return out + "</ul></div>";
}

}  // namespace

std::string diff_block(std::string_view text, std::size_t most) {
  return fmt::format("<pre class=\"hunk\" tabindex=\"0\"><code>{}</code></pre>\n",
                     diff_lines(text, most));
}

std::string answer_section(const Model& model, const Curves& curves,
                           const std::optional<TwoCurves>& two) {
  const Headline headline = headline_of(model);
  const std::string_view kind = model.kind.empty() ? "leak" : std::string_view(model.kind);
  std::string out = fmt::format(
      "<header class=\"result-{}\"><p class=\"brand\">leakbisect <span>{} search{}</span></p>"
      "<p class=\"verdict {}\">{}</p><h1>{}</h1>{}</header>\n",
      traits(model.result).name, escape_html(kind), model.running ? ", still going on" : "",
      headline.tone, headline.badge, escape_html(model.sentence), first_facts(model, headline));
  const std::string hunks = first_hunks(model);
  const std::string figure = two ? first_figure(curves, *two) : "";
  if (!figure.empty() || !hunks.empty())
    out += fmt::format("<div class=\"shown{}\">{}{}</div>\n",
                       figure.empty() || hunks.empty() ? "" : " both", figure,
                       hunks.empty() ? "" : "<div class=\"change\">" + hunks + "</div>");
  return out + next_steps(model, headline) + "\n";
}

}  // namespace leakbisect::report
