// Which line: a table of functions, each with the stack that holds most of it.

#include "base/quantity.hpp"
#include "report/html_escape.hpp"
#include "report/html_parts.hpp"
#include "witness/words.hpp"

namespace leakbisect::report {
namespace {

std::string stack_list(const witness::Stack& stack) {
  std::string out = "<details><summary>stack</summary><ol>";
  for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame)
    out += fmt::format("<li><code>{}</code></li>", escape_html(witness::frame_words(*frame)));
  return out + "</ol></details>";
}

std::string row_of(const witness::Finding& finding, const witness::Row& row) {
  return fmt::format(
      "<tr><td class=\"number\">{}</td><td class=\"number\">{}</td><td><code>{}</code>{}</td></tr>"
      "\n",
      escape_html(witness::share_words({row.per_request, row.se}, finding.slope)),
      escape_html(format_bytes(row.per_request)), escape_html(witness::frame_words(row.frame)),
      stack_list(row.stack));
}

}  // namespace

std::string witness_section(const Model& model) {
  if (!model.witness) return "";
  const witness::Finding& finding = *model.witness;
  std::string body;
  for (const std::string& line : witness::first_lines(finding))
    body += fmt::format("<p>{}</p>\n", escape_html(line));
  if (!finding.rows.empty()) {
    body +=
        "<table class=\"trials\"><thead><tr><th scope=\"col\" class=\"number\">share</th>"
        "<th scope=\"col\" class=\"number\">a request</th><th scope=\"col\">function</th></tr>"
        "</thead><tbody>\n";
    for (const witness::Row& row : finding.rows) body += row_of(finding, row);
    body += "</tbody></table>\n";
  }
  body += fmt::format(
      "<p class=\"soft\">Recorded by {}, in two more trials: {:.0f} requests with the culprit, "
      "{:.0f} without. It changes no verdict. The stacks, for other tools: witness.folded.</p>\n",
      escape_html(finding.recorder.empty() ? "nobody" : finding.recorder), finding.requests_on,
      finding.requests_off);
  return fold("Which line", "what allocates that which grows", body, true);
}

}  // namespace leakbisect::report
