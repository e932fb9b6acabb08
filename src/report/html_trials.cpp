#include "base/quantity.hpp"
#include "report/html_escape.hpp"
#include "report/html_parts.hpp"
#include "report/trial_words.hpp"
#include "report/words.hpp"

#include <array>
#include <cmath>

namespace leakbisect::report {
namespace {

// With more trials the strip's cells keep their slopes for the hover text.
constexpr std::size_t roomy_strip = 72;

// Verdicts are told by shape as well as by colour.
std::string_view sign_of(std::string_view word) {
  if (word == "leaking") return "▲";
  if (word == "clean") return "●";
  if (word == "undecided") return "?";
  return "×";
}

std::string hover_text(const trial::Record& record) {
  std::string text = fmt::format("{}: {}, {}", record.id, record.label, standing(record));
  if (has_slope(record)) text += ", " + trial_slope(record);
  if (!record.reason.empty()) text += ", " + record.reason;
  return escape_html(text);
}

struct File {
  std::string_view name, title;
};
constexpr std::array<File, 6> files{{{"build.log", "build"},
                                     {"build-incremental.log", "incremental build"},
                                     {"server.out", "out"},
                                     {"server.err", "err"},
                                     {"load.log", "load"},
                                     {"samples.csv", "csv"}}};

std::string file_links(const Model& model, const trial::Record& record) {
  if (!is_link_name(record.id)) return "";
  std::string out;
  for (const auto& [name, title] : files) {
    std::error_code ignored;
    const auto path = model.directory / "trials" / record.id / name;
    if (!std::filesystem::is_regular_file(path, ignored)) continue;
    out += fmt::format("{}<a href=\"trials/{}/{}\">{}</a>", out.empty() ? "" : " ", record.id, name,
                       title);
  }
  return out;
}

std::string soft(const std::string& text) {
  return fmt::format("<p class=\"soft\">{}</p>", escape_html(text));
}

std::string load_words(const load::Counts& counts) {
  std::string text =
      fmt::format("{} of {} requests answered", count_text(static_cast<double>(counts.answered)),
                  count_text(static_cast<double>(counts.sent)));
  for (const auto& [code, count] : counts.status)
    text += fmt::format(", {} × {}", count_text(static_cast<double>(count)), code);
  if (counts.failed > 0)
    text += fmt::format(", {} failed", count_text(static_cast<double>(counts.failed)));
  return text;
}

std::string details(const Model& model, const trial::Record& record) {
  std::string out;
  const bool is_measured = record.kind == strategies::OutcomeKind::measured && !record.build_only;
  if (is_measured && !record.decision.reason.empty()) out += soft(record.decision.reason);
  if (is_measured && std::isfinite(record.decision.llr))
    out += soft(fmt::format("log likelihood ratio {:.1f}, judged on {}", record.decision.llr,
                            stats::metric_name(record.decision.metric)));
  if (record.counts.sent > 0) out += soft(load_words(record.counts));
  if (record.sampling.samples > 0)
    out += soft(fmt::format("{} samples, {:.0f} µs each{}{}", record.sampling.samples,
                            record.sampling.median_us, record.sampling.note.empty() ? "" : "; ",
                            record.sampling.note));
  if (!record.build_spoilt.empty()) out += soft(record.build_spoilt);
  for (const auto& event : record.events) out += soft(event);
  const std::string command = reproduce_command(model, record);
  if (!command.empty())
    out += fmt::format("<pre class=\"command\" tabindex=\"0\"><code>{}</code></pre>",
                       escape_html(command));
  return out;
}

// What the configuration was and why it was tried; the rest behind a fold.
std::string configuration_cell(const Model& model, const trial::Record& record) {
  std::string out;
  const std::string_view purpose = purpose_words(record.purpose);
  if (!purpose.empty()) out += fmt::format("<em>{}</em> ", purpose);
  out += fmt::format("<span class=\"label\">{}</span>", escape_html(record.label));
  if (!record.reason.empty()) out += fmt::format("<p>{}</p>", escape_html(record.reason));
  if (!record.followed.empty())
    out += fmt::format(
        "<p>answered by {}, which was started by somebody else than the start "
        "command, and is measured too</p>",
        escape_html(trial::followed_words(record)));
  if (!record.why.empty()) out += soft(record.why);
  return out + "<details><summary>details, and the command that runs it again</summary>" +
         details(model, record) + "</details>";
}

// How long the build took, and what it began from.
std::string build_cell(const trial::Record& record) {
  std::string time = record.build_cached        ? "cached"
                     : record.build_seconds > 0 ? format_duration(record.build_seconds)
                                                : "";
  const std::string_view kind = trial::build_kind_name(record.build);
  if (kind.empty()) return time;
  return fmt::format("{}<p class=\"soft\">{}</p>", time, kind);
}

std::string table_row(const Model& model, const trial::Record& record) {
  const std::string_view word = standing(record);
  const auto data = [](std::string_view title, std::string_view kind, const std::string& value) {
    return fmt::format("<td class=\"{}\" data-title=\"{}\">{}</td>", kind, title, value);
  };
  std::string out =
      fmt::format("<tr id=\"{0}\"><th scope=\"row\">{0}</th>", escape_html(record.id));
  out += data("configuration", "what", configuration_cell(model, record));
  out += data("verdict", "verdict",
              fmt::format("<span class=\"badge {0}\"><i aria-hidden=\"true\">{1}</i> {0}</span>",
                          word, sign_of(word)));
  out += data("slope", "number", trial_slope(record));
  out += data("requests", "number", record.requests > 0 ? count_text(record.requests) : "");
  out += data("server", "number", record.seconds > 0 ? format_duration(record.seconds) : "");
  out += data("build", "number", build_cell(record));
  return out + data("files", "files", file_links(model, record)) + "</tr>\n";
}

}  // namespace

std::string trial_cell(const trial::Record& record) {
  const std::string_view word = standing(record);
  const std::string below =
      has_slope(record) ? amount_with_interval(record.decision.slope, 0, per_what(record).measure)
                        : std::string(word);
  return fmt::format(
      "<li><a class=\"cell {0}\" href=\"#{1}\" data-trial=\"{1}\" title=\"{2}\">"
      "<b>{1}</b><i aria-hidden=\"true\">{3}</i><span>{4}</span></a></li>",
      word, escape_html(record.id), hover_text(record), sign_of(word), below);
}

std::string strip_section(const Model& model) {
  if (model.trials.empty()) return "";
  std::string out =
      fmt::format("<ol class=\"strip{}\">", model.trials.size() > roomy_strip ? " dense" : "");
  for (const auto& record : model.trials) out += trial_cell(record);
  return fold("All trials, in order", std::to_string(model.trials.size()), out + "</ol>");
}

std::string table_section(const Model& model) {
  if (model.trials.empty()) return "";
  std::string out =
      "<table class=\"trials\"><thead><tr><th scope=\"col\">trial</th>"
      "<th scope=\"col\">configuration</th><th scope=\"col\">verdict</th>"
      "<th scope=\"col\" class=\"number\">slope</th><th scope=\"col\" "
      "class=\"number\">requests</th>"
      "<th scope=\"col\" class=\"number\">server</th><th scope=\"col\" class=\"number\">build</th>"
      "<th scope=\"col\">files</th></tr></thead><tbody>\n";
  for (const auto& record : model.trials) out += table_row(model, record);
  return fold("Trials, with logs and commands", std::to_string(model.trials.size()),
              out + "</tbody></table>");
}

}  // namespace leakbisect::report
