#pragma once

// How figures read to a person: the same words in the terminal, the closing lines and the page.

#include "base/amount.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"
#include "trial/record.hpp"

#include <string>
#include <string_view>

namespace leakbisect::report {

/// "90.8 ± 1.8 KiB": value and half width of the 95% interval, in the value's unit. `se` 0 or NaN:
/// the value alone. NaN value: "".
std::string bytes_with_interval(double value, double se);

/// "12 B", "90.8 KiB"; "0.31 B" below ten.
std::string bytes_text(double value);

/// "99.7%", "> 99.9%", "< 0.1%": never rounded to a certainty.
std::string percent_text(double probability);

/// "2,350".
std::string count_text(double count);

/// What a slope is told in: so much of a measure, per request or per second.
struct PerWhat {
  std::string_view per = "request";
  Measure measure = Measure::bytes;
};

/// "second" when the load reports no requests and time is the regressor; the measure is that of
/// the metric that was judged, in trials against the ends where there are any.
PerWhat per_what(const Model& model);
PerWhat per_what(const trial::Record& record);

/// "90.8 ± 1.8 KiB", "1.00 ± 0.02 threads": as bytes_with_interval, in any measure.
std::string amount_with_interval(double value, double se, Measure measure);

/// True in a hunt for what ended a leak.
bool ended_it(const Model& model);

/// "nothing leaks", "nothing ended it": the answer without a culprit.
std::string_view none_words(const Model& model);

/// One word for the trial's colour and badge: "leaking", "clean", "undecided", "untestable",
/// "error", "cancelled".
std::string_view standing(const trial::Record& record);

/// "video", or "a + b" for units that leak only together.
std::string culprit_name(const CulpritRow& culprit);

/// "abc1234 Cache thumbnails makes the same change; it came before 0123456 on the first-parent
/// line".
std::string twin_words(const TwinRow& twin);
/// "a buffer of 512 KiB begins at abc123 ..." of something that fills up.
std::string filling_words(const Model& model, const FillingRow& filling);

/// "7 hunks in files that neither build nor server should read: a.md (documentation), ...".
std::string set_aside_words(const Drill& drill);

/// "unknown", "complete", "enabling".
std::string_view origin_name(Origin::Kind kind);

/// "leaking end", "clean end", "proof, on", "proof, off", "inside"; nothing for the search's own
/// trials.
std::string_view purpose_words(trial::Purpose purpose);

/// One shell word: plain where it can be, quoted where it must, with $'...' escapes where bytes
/// could act on a terminal.
std::string shell_quote(std::string_view word);

/// The command that runs this trial again; nothing when the record names no commit, or is
/// of hunks.
std::string reproduce_command(const Model& model, const trial::Record& record);

}  // namespace leakbisect::report
