#include "report/assets.hpp"
#include "report/html_escape.hpp"
#include "report/html_parts.hpp"
#include "report/terminal.hpp"
#include "report/words.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <cmath>

namespace leakbisect::report {
namespace {

using nlohmann::json;

// Whole bytes keep the page small; NaN is null.
json whole(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values)
    list.push_back(std::isfinite(value) ? json(std::llround(value)) : json(nullptr));
  return list;
}

json hundredths(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values) list.push_back(std::round(value * 100) / 100);
  return list;
}

json curve_json(const Curve& curve) {
  const trial::Record& record = *curve.record;
  return {{"id", printable(record.id)},
          {"label", printable(record.label)},
          {"standing", standing(record)},
          {"purpose", purpose_words(record.purpose)},
          {"growth", whole(curve.growth)}};
}

json first_json(const TwoCurves& two) {
  const auto row = [&](const NamedCurve& curve) {
    std::vector<double> growth = curve.growth;
    growth.resize(two.points);
    return json{{"name", printable(curve.name)}, {"growth", whole(growth)}};
  };
  return {{"leaking", row(two.leaking)}, {"clean", row(two.clean)}};
}

// What the page's script draws. Its text is set as text, never as markup.
json chart_data(const Model& model, const Curves& curves, const std::optional<TwoCurves>& two) {
  json list = json::array();
  for (const auto& curve : curves.curves) list.push_back(curve_json(curve));
  json progress = json::array();
  for (const auto& point : model.progress)
    progress.push_back({{"trial", printable(point.trial)},
                        {"suspects", point.suspects},
                        {"top", std::isfinite(point.top_probability) ? json(point.top_probability)
                                                                     : json(nullptr)},
                        {"summary", printable(point.summary)}});
  return {{"bytes", !is_count(curves.metric)},
          {"unit", curves.over_time ? "s" : "requests"},
          {"grid", hundredths(curves.grid)},
          {"first", two ? first_json(*two) : json(nullptr)},
          {"curves", list},
          {"progress", progress}};
}

std::string policy(std::string_view more_scripts, std::string_view more) {
  return fmt::format(
      "default-src 'none'; script-src {} {}{}; style-src 'unsafe-inline'; {}base-uri 'none'; "
      "form-action 'none'",
      policy_source(dygraphs_script()), policy_source(page_script()), more_scripts, more);
}

std::string head(const Model& model) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}</title>\n<style>{}{}</style>\n</head>\n",
      page_policy(), escape_html(model.sentence), dygraphs_style().text, page_style().text);
}

std::string footer(const Model& model) {
  return fmt::format(
      "<footer><p>Hunt file <code>{}</code>. Written by leakbisect; this page needs no network. "
      "The same in the machine's form: <a href=\"report.json\">report.json</a>; to paste: "
      "<a href=\"report.md\">report.md</a>.</p></footer>\n",
      escape_html(model.hunt_file.string()));
}

}  // namespace

std::string page_policy() {
  return policy("", "");
}

std::string live_policy() {
  return policy(" " + policy_source(watch_script()), "connect-src 'self'; ");
}

std::string fold(std::string_view title, std::string_view hint, const std::string& body,
                 bool is_open) {
  if (body.empty()) return "";
  return fmt::format("<details class=\"fold\"{}><summary><h2>{}</h2>{}</summary>\n{}</details>\n",
                     is_open ? " open" : "", title,
                     hint.empty() ? "" : fmt::format(" <span>{}</span>", hint), body);
}

std::string curve_section(const Model& model, const Curves& curves) {
  if (curves.curves.empty()) return "";
  const std::string_view per = per_what(model).per == "request" ? "requests answered" : "seconds";
  std::string what =
      is_count(curves.metric) ? std::string(measure_of(curves.metric).many) : "memory";
  what.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(what.front())));
  return fold(
      fmt::format("{} of each trial", what), fmt::format("{} curves", curves.curves.size()),
      fmt::format(
          "<figure><figcaption><span>Growth of <code>{}</code> since "
          "the load began, against {}.</span><span class=\"keys\" id=\"keys\"></span></figcaption>"
          "<div id=\"curves\" class=\"chart tall\" role=\"img\" aria-label=\"Memory growth of {} "
          "trials; the figures are in the table of trials below\"></div>"
          "<p id=\"curve-note\" class=\"soft\" aria-live=\"polite\">&nbsp;</p></figure>"
          "<noscript><p>The charts need JavaScript; the figures are in the table.</p></noscript>",
          stats::metric_name(curves.metric), per, curves.curves.size()));
}

std::string progress_section(const Model& model) {
  if (model.progress.size() < 2) return "";
  return fold(
      "Progress of the search", "",
      "<div class=\"sides\"><figure><figcaption>Suspects left, after each trial</figcaption>"
      "<div id=\"suspects\" class=\"chart\" role=\"img\" aria-label=\"Suspects left\"></div>"
      "</figure><figure><figcaption>Probability of the first suspect</figcaption>"
      "<div id=\"top\" class=\"chart\" role=\"img\" aria-label=\"Probability\"></div></figure>"
      "</div><p id=\"progress-note\" class=\"soft\" aria-live=\"polite\">&nbsp;</p>");
}

std::string to_html(const Model& model) {
  CurveCache none;
  return to_html(model, none);
}

std::string to_html(const Model& model, CurveCache& kept) {
  const Curves curves = read_curves(model, kept);
  const std::optional<TwoCurves> two = two_curves(model, curves);
  std::string page = head(model);
  page += "<body>\n<main>\n" + answer_section(model, curves, two);
  page += history_section(model) + routes_section(model) + notes_section(model);
  page += culprit_section(model) + witness_section(model) + proof_section(model) +
          drill_sections(model);
  page += curve_section(model, curves) + strip_section(model) + table_section(model);
  page += progress_section(model) + ranking_section(model) + cost_section(model);
  page += footer(model) + "</main>\n<script type=\"application/json\" id=\"data\">";
  page += script_json(chart_data(model, curves, two)) + "</script>\n<script>";
  page += dygraphs_script().text;
  page += "</script>\n<script>";
  page += page_script().text;
  return page + "</script>\n</body>\n</html>\n";
}

}  // namespace leakbisect::report
