#include "witness/difference.hpp"

#include "base/error.hpp"
#include "base/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

namespace leakbisect::witness {
namespace {

constexpr double z_needed = 4;          // of a row: there are thousands to choose from
constexpr double z_slope = 3;           // of the growth of this pair
constexpr double least_bytes = 16;      // a request
constexpr double least_share = 0.01;    // of the slope
constexpr double large_share = 0.25;    // of a slope that is known: also where it grows in leaps
constexpr double most_in_a_step = 0.7;  // of what grows steadily
constexpr double least_count = 0.05;    // of open resources, a request
constexpr double least_outside = 0.05;  // of the slope, in buffers outside the heap
constexpr std::size_t most_rows = 20;
constexpr double nearly_all = 0.8;

// Line numbers differ between two commits, names hardly.
std::string key_of(const Stack& stack, bool with_lines) {
  std::string key;
  for (const Frame& frame : stack) {
    key += frame.function + "\n" + frame.file;
    if (with_lines) key += ":" + std::to_string(frame.line) + ":" + std::to_string(frame.column);
    key += "\n";
  }
  return key;
}

struct Sum {
  Stack stack;
  double value = 0, variance = 0;  // bytes a request
  std::vector<double> steps;       // bytes a request, of all requests
};

void add(Sum& sum, const Growth& growth, double sign, double requests) {
  sum.value += sign * growth.bytes / requests;
  sum.variance += growth.variance / (requests * requests);
  sum.steps.resize(std::max(sum.steps.size(), growth.steps.size()));
  for (std::size_t i = 0; i < growth.steps.size(); ++i)
    sum.steps[i] += sign * growth.steps[i] / requests;
}

void add(Sum& sum, const Sum& other) {
  sum.value += other.value;
  sum.variance += other.variance;
  sum.steps.resize(std::max(sum.steps.size(), other.steps.size()));
  for (std::size_t i = 0; i < other.steps.size(); ++i) sum.steps[i] += other.steps[i];
}

std::vector<Sum> subtracted(const Recording& on, const Recording& off) {
  std::map<std::string, Sum> exact;
  const auto grown = growths(on);
  for (std::size_t i = 0; i < grown.size(); ++i) {
    Sum& sum = exact[key_of(on.stacks[i], true)];
    if (sum.stack.empty()) sum.stack = on.stacks[i];
    add(sum, grown[i], 1, requests_in(on));
  }
  std::map<std::string, std::string> alike;  // without lines, to the largest with
  for (const auto& [key, sum] : exact) {
    std::string& best = alike[key_of(sum.stack, false)];
    if (best.empty() || exact[best].value < sum.value) best = key;
  }
  const auto without = growths(off);
  for (std::size_t i = 0; i < without.size(); ++i) {
    std::string key = key_of(off.stacks[i], true);
    if (!exact.contains(key))
      if (const auto near = alike.find(key_of(off.stacks[i], false)); near != alike.end())
        key = near->second;
    Sum& sum = exact[key];
    if (sum.stack.empty()) sum.stack = off.stacks[i];
    add(sum, without[i], -1, requests_in(off));
  }
  std::vector<Sum> sums;
  sums.reserve(exact.size());
  for (auto& [key, sum] : exact) sums.push_back(std::move(sum));
  return sums;
}

// What is too noisy to be told is not said to be flat.
std::string no_growth_words(const Slope& heap) {
  const double most = heap.value + 2 * heap.se;
  const std::string_view said = most < traits(Measure::bytes).smallest_leak
                                    ? "the heap does not grow more with it than without it"
                                    : "whether the heap grows more with it than without it is not "
                                      "told, longer trials may";
  return fmt::format("{}: {:.0f} B a request (+- {:.0f})", said, heap.value, 2 * heap.se);
}

Frame site_frame(const Stack& stack) {
  for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame)
    if (frame->own) return *frame;
  for (auto frame = stack.rbegin(); frame != stack.rend(); ++frame)
    if (!frame->file.empty()) return *frame;
  return stack.empty() ? Frame{} : stack.back();
}

// A cache that fills, or code that is compiled, comes once; a leak comes all the time.
bool is_steady(const Sum& sum) {
  const auto grew = std::ranges::count_if(sum.steps, [](double step) { return step > 0; });
  if (sum.steps.empty() || static_cast<std::size_t>(grew) + 1 < sum.steps.size()) return false;
  return std::ranges::max(sum.steps) <= most_in_a_step * sum.value;
}

bool stands_out(const Sum& sum, const Slope& slope) {
  if (sum.value < std::max(least_bytes, least_share * slope.value)) return false;
  if (sum.value < z_needed * std::sqrt(sum.variance)) return false;
  return is_steady(sum) || sum.value >= large_share * slope.value;
}

double resource(const Recording& recording, const std::string& kind) {
  if (requests_in(recording) <= 0) return 0;
  const auto at = [&](const Reading& reading) {
    const auto found = reading.resources.find(kind);
    return found == reading.resources.end() ? 0 : found->second;
  };
  return (at(recording.readings.back()) - at(recording.readings.front())) / requests_in(recording);
}

void note_unseen(Finding& finding, const Recording& on, const Recording& off) {
  const auto with = external_slope(on), without = external_slope(off);
  if (with && without) {
    const double value = with->value - without->value;
    const double se = std::hypot(with->se, without->se);
    if (value >= std::max(least_bytes, least_outside * finding.slope.value) &&
        value >= z_slope * se)
      finding.unseen.push_back({"buffers outside the heap", value, false});
  }
  std::set<std::string> kinds;
  for (const Reading& reading : on.readings)
    for (const auto& [kind, count] : reading.resources) kinds.insert(kind);
  for (const std::string& kind : kinds)
    if (const double value = resource(on, kind) - resource(off, kind); value >= least_count)
      finding.unseen.push_back({kind, value, true});
}

void fill_rows(Finding& finding, const std::vector<Sum>& sums) {
  std::map<std::string, Sum> by_site;
  std::map<std::string, const Sum*> heaviest;
  for (const Sum& sum : sums) {
    const Frame frame = site_frame(sum.stack);
    const std::string key = key_of({frame}, true);
    Sum& site = by_site[key];
    site.stack = {frame};
    add(site, sum);
    const Sum*& most = heaviest[key];
    if (most == nullptr || most->value < sum.value) most = &sum;
  }
  std::set<std::string> named;
  for (const auto& [key, site] : by_site) {
    if (!stands_out(site, finding.slope)) continue;
    named.insert(key);
    finding.rows.push_back(
        {site.stack.front(), site.value, std::sqrt(site.variance), heaviest[key]->stack});
    finding.explained.value += site.value;
    finding.explained.se = std::hypot(finding.explained.se, finding.rows.back().se);
  }
  std::ranges::sort(finding.rows, std::greater<>(), &Row::per_request);
  if (finding.rows.size() > most_rows) finding.rows.resize(most_rows);
  for (const Sum& sum : sums)
    if (sum.value > 0 && named.contains(key_of({site_frame(sum.stack)}, true)))
      finding.stacks.push_back({sum.stack, sum.value, std::sqrt(sum.variance)});
  std::ranges::sort(finding.stacks, std::greater<>(), &StackGrowth::per_request);
}

}  // namespace

Finding difference(const Recording& on, const Recording& off, std::optional<Slope> proven) {
  Finding finding;
  finding.recorder = on.recorder;
  finding.requests_on = requests_in(on);
  finding.requests_off = requests_in(off);
  for (const Recording* one : {&on, &off}) {
    if (!one->recorder.empty() && one->readings.size() >= 3 && requests_in(*one) > 0) continue;
    finding.reason = one->trouble.empty() ? "too few readings were made" : one->trouble;
    return finding;
  }
  const auto with = heap_slope(on), without = heap_slope(off);
  if (!with || !without) {
    finding.reason = "too few requests were answered between the readings";
    return finding;
  }
  const Slope own{with->value - without->value, std::hypot(with->se, without->se)};
  finding.heap = own;
  finding.slope = proven.value_or(own);
  finding.slope_is_proven = proven.has_value();
  if (!proven && (own.value < least_bytes || own.value < z_slope * own.se)) {
    finding.reason = no_growth_words(own);
    return finding;
  }
  note_unseen(finding, on, off);
  fill_rows(finding, subtracted(on, off));
  for (const Recording* one : {&on, &off})
    if (!one->trouble.empty()) finding.notes.push_back(one->trouble);
  if (on.blocks_dropped + off.blocks_dropped > 0)
    finding.notes.push_back(
        "more was allocated than the recorder keeps: shares may be wrong, shorter trials may tell");
  if (!on.unmapped.empty())
    finding.notes.push_back(fmt::format(
        "{} is a generated file without a source map: its lines are those of the build; let the "
        "build write source maps",
        on.unmapped.front()));
  return finding;
}

std::optional<Site> site_of(const Finding& finding) {
  if (finding.rows.empty()) return std::nullopt;
  const Row& top = finding.rows.front();
  std::vector<Frame> own;  // the innermost first
  for (auto frame = top.stack.rbegin(); frame != top.stack.rend(); ++frame)
    if (frame->own && (own.empty() || !(own.back() == *frame))) own.push_back(*frame);
  if (own.empty()) return Site{top.frame, {}, top.per_request, true};
  // Up from where most of it is allocated, until nearly all of it is below.
  for (std::size_t i = 0; i < own.size(); ++i) {
    double below = 0;
    for (const StackGrowth& one : finding.stacks)
      if (std::ranges::find(one.stack, own[i]) != one.stack.end()) below += one.per_request;
    if (below < nearly_all * finding.explained.value) continue;
    const auto next = own.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    return Site{own[i], {next, own.end()}, std::min(below, finding.explained.value), i == 0};
  }
  const auto next = own.begin() + 1;
  return Site{own.front(), {next, own.end()}, top.per_request, true};
}

}  // namespace leakbisect::witness
