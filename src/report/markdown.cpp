#include "base/quantity.hpp"
#include "report/headline.hpp"
#include "report/terminal.hpp"
#include "report/trial_words.hpp"
#include "report/words.hpp"
#include "witness/words.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::report {
namespace {

constexpr std::size_t most_trials = 12;
constexpr std::size_t pasted_lines = 60;  // of a hunk

// Text that stays text: marks lose their meaning, and nobody is called ("@name") and nothing is
// linked or closed ("#12") by a commit's subject.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (std::string_view("\\`*_[]<>|~&").find(c) != std::string_view::npos) out += '\\';
    out += c;
    if (c == '@' || c == '#') out += "<!-- -->";
  }
  return out;
}

std::size_t longest_run(std::string_view text, char mark) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == mark ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// In a table "|" ends a cell, within code too.
std::string code(std::string_view text, bool in_table = false) {
  std::string inner = printable(text);
  if (in_table)
    for (std::size_t at = 0; (at = inner.find('|', at)) != std::string::npos; at += 2)
      inner.replace(at, 1, "\\|");
  const std::string fence(longest_run(inner, '`') + 1, '`');
  return fence.size() > 1 ? fence + " " + inner + " " + fence : fence + inner + fence;
}

std::string block(std::string_view text, std::string_view language) {
  std::string inner;
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size() && lines < pasted_lines; ++lines) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    inner += printable(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  if (lines == pasted_lines) inner += "...\n";
  const std::string fence(std::max<std::size_t>(3, longest_run(inner, '`') + 1), '`');
  return fmt::format("{}{}\n{}{}\n", fence, language, inner, fence);
}

bool is_named(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

// The ends and the proof; what became of them is the answer.
bool matters(const Model& model, const trial::Record& record) {
  using trial::Purpose;
  if (trial::is_control(record.purpose) || record.purpose == Purpose::proof_on ||
      record.purpose == Purpose::proof_off)
    return true;
  const auto proves = [&](const Proof& proof) {
    return is_named(proof.leaking_trials, record.id) || is_named(proof.clean_trials, record.id);
  };
  return proves(model.proof) ||
         std::ranges::any_of(model.drills, [&](const Drill& drill) { return proves(drill.proof); });
}

std::string trial_row(const trial::Record& record) {
  std::string what = code(printable(record.label, 60), true);
  const std::string_view purpose = purpose_words(record.purpose);
  if (!purpose.empty()) what = fmt::format("{} ({})", what, purpose);
  return fmt::format("| {} | {} | {} | {} | {} |\n", code(record.id, true), what, standing(record),
                     trial_slope(record), record.requests > 0 ? count_text(record.requests) : "");
}

std::string trial_table(const Model& model) {
  std::vector<const trial::Record*> shown;
  for (const trial::Record& record : model.trials)
    if (matters(model, record)) shown.push_back(&record);
  if (shown.empty()) return "";
  const std::size_t left_out = shown.size() - std::min(shown.size(), most_trials);
  std::string out = "\n| trial | what was on | verdict | slope | requests |\n|--|--|--|--:|--:|\n";
  // The proof comes last, and counts most.
  for (std::size_t i = left_out; i < shown.size(); ++i) out += trial_row(*shown[i]);
  const std::size_t others = model.trials.size() - shown.size() + left_out;
  if (others > 0)
    out += fmt::format("\n{} other {} in report.json.\n", others,
                       others == 1 ? "trial is" : "trials are");
  return out;
}

std::string hunks(const Model& model) {
  std::string out;
  for (const Drill& drill : model.drills)
    for (const HunkRow& hunk : drill.hunks) out += "\n" + block(hunk.text, "diff");
  return out;
}

std::string list(std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = fmt::format("\n**{}**\n\n", title);
  for (const std::string& line : lines) out += "- " + plain(line) + "\n";
  return out;
}

std::string how(const Model& model) {
  std::string text =
      fmt::format("{} trials in {}, strategy {}, seed {}; hunt file {}", model.trials.size(),
                  format_duration(model.wall_seconds), code(model.strategy), model.seed,
                  code(model.hunt_file.filename().string()));
  return fmt::format("\n<sub>leakbisect: {}.</sub>\n", text);
}

}  // namespace

std::string to_markdown(const Model& model) {
  const Headline headline = headline_of(model);
  std::string out = fmt::format("**{}** {}\n\n", headline.badge, plain(model.sentence));
  const auto row = [&](std::string_view name, const std::string& words) {
    if (!words.empty()) out += fmt::format("- {}: {}\n", name, words);
  };
  row("unit", headline.unit.empty() ? "" : code(headline.unit));
  row("where", headline.place.empty() ? "" : code(headline.place));
  row(ended_it(model) ? "took away" : "leaks", headline.slope);
  row("which is", headline.per_day);
  row("proof", model.proof.done ? plain(model.proof.sentence) : "");
  if (model.witness) row("which line", plain(witness::headline(*model.witness)));
  out += hunks(model) + trial_table(model);
  std::vector<std::string> advice = model.advice;
  if (advice.empty() && !headline.next.empty()) advice.push_back(headline.next);
  out += list("What to do next", advice) + list("Warnings", model.warnings);
  return out + how(model);
}

}  // namespace leakbisect::report
