#include "report/words.hpp"

#include "base/quantity.hpp"
#include "base/shell_words.hpp"
#include "base/utf8.hpp"
#include "report/terminal.hpp"
#include "trial/record.hpp"
#include "units/unit_source.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace leakbisect::report {
namespace {

constexpr double normal_95 = 1.96;

// Unit and divisor of a size: both halves of "90.8 ± 1.8 KiB" share it.
std::pair<double, std::string_view> unit_of(double bytes) {
  static constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  double divisor = 1;
  std::size_t unit = 0;
  while (std::abs(bytes) / divisor >= 1023.5 && unit + 1 < units.size()) {
    divisor *= 1024;
    ++unit;
  }
  return {divisor, units[unit]};
}

int decimals_for(double size) {
  return size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
}

std::string figure(double value, int decimals) {
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  const bool zero = text.find_first_not_of("-0.") == std::string::npos;
  return zero ? "0" : text;
}

std::string ansi_c_quote(std::string_view word) {
  std::string out = "$'";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (byte < 0x20 || byte >= 0x7F)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out + "'";
}

}  // namespace

std::string bytes_text(double value) {
  const auto [divisor, unit] = unit_of(value);
  const double scaled = value / divisor;
  const double size = std::abs(scaled);
  // Nobody wants tenths of a byte, unless they are all there is.
  const int decimals = decimals_for(divisor == 1 ? size * 10 : size);
  return fmt::format("{} {}", figure(scaled, decimals), unit);
}

std::string bytes_with_interval(double value, double se) {
  if (!std::isfinite(value)) return "";
  if (!std::isfinite(se) || se <= 0) return bytes_text(value);
  const double half = normal_95 * se;
  // A slope near zero is told in the unit of its uncertainty.
  const auto [divisor, unit] = unit_of(std::max(std::abs(value), half));
  // Two digits of the interval are worth reading, and as many places of the value.
  const int decimals = half / divisor >= 9.95 ? 0 : half / divisor >= 0.995 ? 1 : 2;
  const std::string interval = figure(half / divisor, decimals);
  if (interval == "0") return bytes_text(value);
  return fmt::format("{} ± {} {}", figure(value / divisor, decimals), interval, unit);
}

std::string amount_with_interval(double value, double se, Measure measure) {
  if (measure == Measure::bytes) return bytes_with_interval(value, se);
  if (!std::isfinite(value)) return "";
  const double half = std::isfinite(se) ? normal_95 * se : 0;
  // Two digits of the interval are worth reading, and as many places of the value.
  const int decimals = half >= 9.95 ? 0 : half >= 0.995 ? 1 : half >= 0.0995 ? 2 : 3;
  const std::string interval = figure(half, decimals);
  if (interval == "0") return format_amount(value, measure);
  return fmt::format("{} ± {} {}", figure(value, decimals), interval, traits(measure).many);
}

std::string percent_text(double probability) {
  if (!std::isfinite(probability)) return "unknown";
  const double percent = probability * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1%";
  if (percent > 99.9) return "> 99.9%";
  // Rounded towards doubt: 99.96 must not read as certain, nor 98.96 as the wanted 99.
  return fmt::format("{:.1f}%", std::floor(percent * 10 + 1e-9) / 10);
}

std::string count_text(double count) {
  if (!std::isfinite(count)) return "";
  std::string digits = fmt::format("{:.0f}", std::abs(count));
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return count <= -0.5 ? "-" + digits : digits;
}

PerWhat per_what(const trial::Record& record) {
  return {record.counts.counts_requests ? "request" : "second",
          traits(record.decision.metric).measure};
}

PerWhat per_what(const Model& model) {
  PerWhat told;
  bool has_judged = false;
  for (const trial::Record& record : model.trials) {
    // What was never loaded says nothing of the load.
    if (record.kind != strategies::OutcomeKind::measured || record.build_only) continue;
    const PerWhat here = per_what(record);
    if (here.per == "second") told.per = here.per;
    // An end by itself may grow most in what the ends do not differ by.
    const bool is_judged = !trial::is_control(record.purpose);
    if (has_judged && !is_judged) continue;
    if (here.measure != Measure::bytes || is_judged != has_judged) told.measure = here.measure;
    has_judged = is_judged;
  }
  return told;
}

bool ended_it(const Model& model) {
  return model.find == "fix";
}

std::string_view none_words(const Model& model) {
  return ended_it(model) ? "nothing ended it" : "nothing leaks";
}

std::string_view standing(const trial::Record& record) {
  using strategies::OutcomeKind;
  switch (record.kind) {
    case OutcomeKind::measured:
      return stats::verdict_name(record.decision.verdict);
    case OutcomeKind::untestable:
      return "untestable";
    case OutcomeKind::cancelled:
      return "cancelled";
    case OutcomeKind::error:
      break;
  }
  return "error";
}

std::string culprit_name(const CulpritRow& culprit) {
  if (culprit.together.size() < 2) return culprit.unit;
  return fmt::format("{}", fmt::join(culprit.together, " + "));
}

std::string_view origin_name(Origin::Kind kind) {
  switch (kind) {
    case Origin::Kind::complete:
      return "complete";
    case Origin::Kind::enabling:
      return "enabling";
    case Origin::Kind::unknown:
      break;
  }
  return "unknown";
}

std::string twin_words(const TwinRow& twin) {
  return fmt::format("{} {}; it came {} {} on the first-parent line", twin.description, twin.why,
                     twin.is_older ? "before" : "after", units::short_name(twin.of));
}

std::string filling_words(const Model& model, const FillingRow& filling) {
  const std::string full =
      fmt::format("{} within {}", format_amount(filling.bytes, filling.measure),
                  format_duration(filling.seconds));
  if (filling.is_open)
    return fmt::format("{} fills up or leaks: not told apart ({}, {})",
                       filling.description.empty() ? filling.unit : filling.description, full,
                       filling.trial);
  if (filling.unit.empty())
    return fmt::format("something fills up by {} and then grows no more ({}): no leak", full,
                       filling.trial);
  if (model.kind == "component")
    return fmt::format("{} by {}, and then grows no more ({}): no culprit", filling.description,
                       full, filling.trial);
  return fmt::format("a buffer of {} begins at {}, and then grows no more ({}): no leak", full,
                     filling.description, filling.trial);
}

std::string set_aside_words(const Drill& drill) {
  constexpr std::size_t shown = 4;
  std::vector<std::string> names;
  for (const auto& [unit, why] : drill.set_aside)
    if (names.size() < shown) names.push_back(fmt::format("{} ({})", unit, why));
  const std::size_t count = drill.set_aside.size();
  return fmt::format("{} in files that neither build nor server should read: {}{}",
                     count == 1 ? "1 hunk" : fmt::format("{} hunks", count), fmt::join(names, ", "),
                     count > shown ? ", ..." : "");
}

std::string_view purpose_words(trial::Purpose purpose) {
  switch (purpose) {
    case trial::Purpose::control_bad:
      return "leaking end";
    case trial::Purpose::control_good:
      return "clean end";
    case trial::Purpose::proof_on:
      return "proof, on";
    case trial::Purpose::proof_off:
      return "proof, off";
    case trial::Purpose::drill:
      return "inside";
    case trial::Purpose::end_search:
      return "a good end?";
    case trial::Purpose::positive_control:
      return "known leak";
    case trial::Purpose::search:
    case trial::Purpose::single:
      break;
  }
  return "";
}

std::string shell_quote(std::string_view word) {
  // What printable() would take out must be spelled, or the command would be another one.
  return printable(word) == word ? leakbisect::shell_quote(word) : ansi_c_quote(word);
}

std::string reproduce_command(const Model& model, const trial::Record& record) {
  // A choice of hunks has no name outside of its hunt.
  if (record.purpose == trial::Purpose::drill) return "";
  std::string command = fmt::format("leakbisect measure {}", shell_quote(model.hunt_file.string()));
  if (record.configuration.shape == strategies::Shape::history) {
    if (record.on_or_commit.empty()) return "";
    return command + " --commit " + shell_quote(record.on_or_commit.front());
  }
  for (const auto& name : record.off) command += " --off " + shell_quote(name);
  return command;
}

}  // namespace leakbisect::report
