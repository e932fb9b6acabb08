#include "report/lines.hpp"

#include "base/quantity.hpp"
#include "report/trial_words.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::report {
namespace {

constexpr std::size_t id_columns = 4;
constexpr std::size_t shortest_label = 28;
constexpr std::size_t longest_label = 60;
constexpr std::size_t shortest_best = 12;
constexpr std::size_t word_columns = 10;
constexpr std::size_t slope_columns = 22;

std::string padded(std::string text, std::size_t columns) {
  const std::size_t used = columns_of(text);
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

// SGR colour of a trial's word: red, blue, yellow for what deserves a look, dim for the rest.
std::string_view colour_of(std::string_view word) {
  if (word == "leaking") return "\x1b[31m";
  if (word == "clean") return "\x1b[34m";
  if (word == "untestable" || word == "error") return "\x1b[33m";
  return "\x1b[2m";
}

std::string coloured(const std::string& text, std::string_view sgr, bool colour) {
  return colour ? fmt::format("{}{}\x1b[0m", sgr, text) : text;
}

// "clean " or "incremental ", where something was built.
std::string build_words(const trial::Record& record) {
  const std::string_view kind = trial::build_kind_name(record.build);
  return kind.empty() ? "" : std::string(kind) + " ";
}

// What follows the verdict: figures of a measured trial, the reason of another.
std::string tail_of(const trial::Record& record, double eta_s) {
  const bool measured = record.kind == strategies::OutcomeKind::measured && !record.build_only;
  std::string tail;
  if (measured)
    tail = padded(trial_slope(record.decision, record.counts.counts_requests), slope_columns);
  tail += fmt::format("{:>8}", format_duration(record.seconds));
  if (record.requests > 0) tail += fmt::format("  {:>7} req", count_text(record.requests));
  if (record.build_seconds >= 0.05)
    tail += fmt::format("  {}build {}", build_words(record), format_duration(record.build_seconds));
  if (eta_s >= 0) tail += fmt::format("  eta {}", format_duration(eta_s));
  return tail;
}

std::string reasons_of(const trial::Record& record) {
  std::string text = printable(record.reason);
  if (record.followed.empty()) return text;
  if (!text.empty()) text += "  ";
  return text + "answered by " + printable(trial::followed_words(record)) + ", measured too";
}

// A wide terminal has room for longer names.
std::size_t label_columns(std::size_t width) {
  constexpr std::size_t usual_line = 110;
  return width <= usual_line ? shortest_label
                             : std::min(longest_label, shortest_label + (width - usual_line) / 2);
}

std::string label_of(const std::string& label, std::size_t width) {
  const std::size_t columns = label_columns(width);
  return padded(shortened(printable(label), columns), columns);
}

std::string step_words(const Progress& progress) {
  const std::string step = printable(progress.step);
  return progress.build.empty() ? step : fmt::format("{} ({})", step, printable(progress.build));
}

// A hunt ends with its budget at the latest.
std::string time_left(const HuntState& state, double elapsed_s) {
  const double budget_left = state.budget_s - state.spent_s - elapsed_s;
  const double left = state.eta_s - elapsed_s;
  if (state.eta_s < 0) return "";
  if (state.budget_s > 0 && left > budget_left)
    return fmt::format("; ends with the budget in {}", format_duration(std::max(0.0, budget_left)));
  if (left < 1) return "; nearly done";
  return fmt::format("; about {} left", format_duration(left));
}

}  // namespace

std::string finished_line(const trial::Record& record, double eta_s, bool colour,
                          std::size_t width) {
  const std::string_view word = standing(record);
  const std::string start =
      padded(printable(record.id), id_columns) + " " + label_of(record.label, width) + " ";
  const std::string middle = padded(std::string(word), word_columns) + " ";
  const std::string tail = tail_of(record, eta_s);
  const std::string reasons = reasons_of(record);
  std::string line = start + coloured(middle, colour_of(word), colour) + tail;
  line.erase(line.find_last_not_of(' ') + 1);
  if (reasons.empty()) return line;
  const std::size_t used = columns_of(start + middle + tail) + 2 + columns_of(reasons);
  if (width == 0 || used <= width) return line + "  " + reasons;
  return line + "\r\n" + std::string(id_columns + 1, ' ') + reasons;
}

std::string state_line(const HuntState& state, std::string_view phase, double elapsed_s,
                       std::size_t width) {
  std::string before = phase.empty() ? "" : fmt::format("{}: ", phase);
  if (state.suspects > 0)
    before += state.suspects == 1 ? "1 suspect" : fmt::format("{} suspects", state.suspects);
  std::string after = fmt::format("{} trial{}; {}", state.trials, state.trials == 1 ? "" : "s",
                                  format_duration(state.spent_s + elapsed_s));
  if (state.budget_s > 0) after += " of " + format_duration(state.budget_s);
  after += time_left(state, elapsed_s);
  if (state.suspects > 0) after = "; " + after;
  const bool has_best = state.suspects > 0 && !state.best.empty();
  if (!has_best) return printable(before + after, width);
  const std::string odds = " " + percent_text(state.best_probability);
  const std::size_t used = columns_of(before + odds + after) + 2;
  const std::size_t room = width > used + shortest_best ? width - used : shortest_best;
  return printable(before + ", " + shortened(printable(state.best), room) + odds + after, width);
}

std::string_view phase_words(trial::Purpose purpose) {
  switch (purpose) {
    case trial::Purpose::control_bad:
    case trial::Purpose::control_good:
      return "controls";
    case trial::Purpose::search:
      return "search";
    case trial::Purpose::proof_on:
    case trial::Purpose::proof_off:
      return "proof";
    case trial::Purpose::drill:
      return "inside the commit";
    case trial::Purpose::end_search:
      return "a good end";
    case trial::Purpose::positive_control:
      return "known leak";
    case trial::Purpose::single:
      break;
  }
  return "";
}

std::string running_line(const Progress& progress, std::size_t width) {
  std::string line = padded(printable(progress.id), id_columns) + " " +
                     label_of(progress.label, width) + " " +
                     padded(step_words(progress), word_columns);
  if (progress.seconds > 0) line += fmt::format(" {:>8}", format_duration(progress.seconds));
  if (progress.requests > 0) line += fmt::format("  {:>7} req", count_text(progress.requests));
  const std::string slope = trial_slope(progress.decision, progress.requests > 0);
  if (!slope.empty()) line += "  " + slope;
  return printable(line, width);
}

std::string warning_line(const std::string& text, bool colour) {
  return coloured("warning:", "\x1b[33m", colour) + " " + printable(text);
}

}  // namespace leakbisect::report
