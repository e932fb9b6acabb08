#include "report/lines.hpp"

#include "base/quantity.hpp"
#include "report/words.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::report {
namespace {

constexpr std::size_t id_columns = 4;
constexpr std::size_t label_columns = 28;
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

std::string trial_slope(const stats::Decision& decision, bool counts_requests) {
  if (!(decision.slope_se > 0)) return "";
  return fmt::format(
      "{}/{}",
      amount_with_interval(decision.slope, decision.slope_se, traits(decision.metric).measure),
      counts_requests ? "req" : "s");
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
  if (!record.reason.empty()) tail += "  " + printable(record.reason);
  if (!record.followed.empty())
    tail += "  answered by " + printable(trial::followed_words(record)) + ", measured too";
  return tail;
}

}  // namespace

std::string finished_line(const trial::Record& record, double eta_s, bool colour) {
  const std::string_view word = standing(record);
  const std::string start = padded(printable(record.id), id_columns) + " " +
                            padded(printable(record.label, label_columns), label_columns) + " ";
  const std::string middle = padded(std::string(word), word_columns) + " ";
  std::string line = start + coloured(middle, colour_of(word), colour) + tail_of(record, eta_s);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

namespace {

std::string step_words(const Progress& progress) {
  const std::string step = printable(progress.step);
  return progress.build.empty() ? step : fmt::format("{} ({})", step, printable(progress.build));
}

}  // namespace

std::string running_line(const Progress& progress, std::size_t width) {
  std::string line = padded(printable(progress.id), id_columns) + " " +
                     padded(printable(progress.label, label_columns), label_columns) + " " +
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
