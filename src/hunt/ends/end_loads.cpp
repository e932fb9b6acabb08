#include "hunt/ends/end_loads.hpp"

#include "load/landing.hpp"

#include <algorithm>
#include <map>

namespace leakbisect::hunt {

namespace {

// The class of the most answers to a request: "4xx"; nothing without answers.
std::string main_class(const load::Answers& entry) {
  std::map<unsigned, std::uint64_t> classes;
  for (const auto& [status, count] : entry.status) classes[status / 100] += count;
  const auto most = std::max_element(
      classes.begin(), classes.end(),
      [](const auto& one, const auto& other) { return one.second < other.second; });
  return most == classes.end() ? "" : fmt::format("{}xx", most->first);
}

// Which requests were mostly answered otherwise at the two ends; empty: none.
std::string apart(const load::Counts& leaking, const load::Counts& flat) {
  std::string first;
  int others = 0;
  for (std::size_t i = 0; i < std::min(leaking.by_request.size(), flat.by_request.size()); ++i) {
    const std::string one = main_class(leaking.by_request[i]);
    const std::string other = main_class(flat.by_request[i]);
    if (one.empty() || other.empty() || one == other) continue;
    if (first.empty())
      first = fmt::format("{} with {} at the end that leaks, with {} at the flat one",
                          leaking.by_request[i].request, one, other);
    else
      ++others;
  }
  return others > 0 ? fmt::format("{} (and {} more)", first, others) : first;
}

void warn(Controls& controls, const std::string& warning) {
  if (!controls.warning.empty()) controls.warning += "; ";
  controls.warning += warning;
}

}  // namespace

std::optional<std::string> flat_end_is_broken(const HuntContext& context,
                                              const Controls& controls) {
  const auto expected = load::expected_of(context.hunt.load);
  const auto broken = load::mostly_broken(controls.good.counts, expected);
  if (!broken || load::mostly_broken(controls.bad.counts, expected)) return std::nullopt;
  return *broken + " (the other end does not answer so)";
}

std::optional<std::string> may_not_be_reached(const HuntContext& context,
                                              const Controls& controls) {
  return load::mostly_broken(controls.bad.counts, load::expected_of(context.hunt.load));
}

void adopt_loads(const HuntContext& context, Controls& controls) {
  controls.end_counts = {controls.good.counts, controls.bad.counts};
  const std::string requests = apart(controls.bad.counts, controls.good.counts);
  controls.flat_end_differs =
      !requests.empty() && context.space.shape == strategies::Shape::toggles;
  if (!requests.empty())
    warn(controls,
         "the ends were not answered alike, and either answer counts as normal: " + requests);
  if (const auto broken = may_not_be_reached(context, controls))
    warn(controls, "at the end that leaks " + *broken);
}

}  // namespace leakbisect::hunt
