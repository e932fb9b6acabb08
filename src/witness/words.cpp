#include "witness/words.hpp"

#include "base/amount.hpp"
#include "base/error.hpp"
#include "base/quantity.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::witness {
namespace {

constexpr double most_of_it = 0.5;
constexpr double little = 0.1;
constexpr std::size_t most_callers = 4;

double percent(double share) {
  return std::round(100 * share);
}

std::string where_words(const Site& site) {
  return fmt::format("{} {}", site.is_itself ? "allocated in" : "allocated below",
                     frame_words(site.frame));
}

// What is not explained; empty where that is little.
std::string rest_words(const Finding& finding) {
  const double rest = finding.slope.value - finding.explained.value;
  if (rest < little * finding.slope.value) return {};
  std::string words;
  double left = rest;
  for (const Unseen& one : finding.unseen) {
    if (one.is_count || left <= 0) continue;
    words += fmt::format("{}{} in {}", words.empty() ? "" : ", ",
                         format_bytes(std::min(one.per_request, left)), one.what);
    left -= one.per_request;
  }
  if (left < little * finding.slope.value) return words;
  const bool is_outside =
      finding.slope_is_proven && finding.heap.value < most_of_it * finding.slope.value;
  return fmt::format("{}{}{} {}", words, words.empty() ? "" : ", ", format_bytes(left),
                     is_outside ? "in memory outside the heap, which this recorder does not see"
                                : "in stacks that do not stand out of the noise");
}

}  // namespace

std::string frame_words(const Frame& frame) {
  std::string name = frame.function.empty() ? "an unnamed function" : frame.function;
  if (frame.file.empty()) return name;
  if (frame.line == 0) return fmt::format("{} ({})", frame.file, name);
  return fmt::format("{}:{} ({})", frame.file, frame.line, name);
}

std::string share_words(const Slope& part, const Slope& whole) {
  if (whole.value <= 0) return "0 %";
  const double share = part.value / whole.value;
  const double error =
      2 * std::abs(share) *
      std::hypot(part.value == 0 ? 0 : part.se / part.value, whole.se / whole.value);
  return fmt::format("{:.0f} % ({:.0f} to {:.0f} %)", percent(share),
                     percent(std::max(0.0, share - error)), percent(share + error));
}

std::string headline(const Finding& finding) {
  if (!finding.reason.empty()) return finding.reason;
  const std::string size = format_bytes(finding.slope.value) + " a request";
  const auto site = site_of(finding);
  if (!site) {
    const std::string rest = rest_words(finding);
    return fmt::format("{}; no function's allocations stand out{}{}", size,
                       rest.empty() ? "" : ": ", rest);
  }
  if (finding.share() < most_of_it)
    return fmt::format("{}; the recorder explains {} of it, {}; the rest is {}", size,
                       share_words(finding.explained, finding.slope), where_words(*site),
                       rest_words(finding));
  const double scale =
      finding.explained.value > 0 ? site->per_request / finding.explained.value : 0;
  const Slope part{site->per_request, finding.explained.se * scale};
  return fmt::format("{}; {} of it is {}", size, share_words(part, finding.slope),
                     where_words(*site));
}

std::vector<std::string> first_lines(const Finding& finding) {
  std::vector<std::string> lines{headline(finding)};
  const auto site = finding.reason.empty() ? site_of(finding) : std::nullopt;
  if (site && !site->callers.empty()) {
    std::string callers;
    for (std::size_t i = 0; i < std::min(site->callers.size(), most_callers); ++i)
      callers += (i == 0 ? "called by " : ", by ") + frame_words(site->callers[i]);
    lines.push_back(callers);
  }
  std::string also;
  for (const Unseen& one : finding.unseen)
    if (one.is_count)
      also += (also.empty() ? "each request also leaves " : ", ") +
              fmt::format("{} open {}", count_figure(one.per_request), one.what);
  if (!also.empty())
    lines.push_back(also);
  else if (!finding.notes.empty())
    lines.push_back(finding.notes.front());
  return lines;
}

}  // namespace leakbisect::witness
