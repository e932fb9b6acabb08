#include "strategies/commits/culprit_range.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace leakbisect::strategies {
namespace {

double part(double count, double whole) {
  if (count <= 0) return 0;
  return -count / whole * std::log2(count / whole);
}

/// Numbers the parts into which the running trials cut the candidates; -1 is no candidate.
std::vector<int> classes_of(const CulpritRange& range, std::span<const std::size_t> running,
                            std::vector<std::uint32_t>& sizes) {
  const auto masks = range.history().ancestor_masks(running);
  std::map<std::uint64_t, int> numbers;
  std::vector<int> classes(range.history().size(), -1);
  for (std::size_t p = 0; p < classes.size(); ++p) {
    if (!range.is_candidate(p)) continue;
    const auto [entry, is_new] = numbers.emplace(masks[p], static_cast<int>(numbers.size()));
    classes[p] = entry->second;
    if (is_new) sizes.push_back(0);
    ++sizes[static_cast<std::size_t>(classes[p])];
  }
  return classes;
}

}  // namespace

std::optional<Cut> best_cut(const CulpritRange& range, std::span<const std::size_t> running) {
  const History& history = range.history();
  if (running.size() > 64) return std::nullopt;
  std::vector<std::uint32_t> sizes;
  const std::vector<int> classes = classes_of(range, running, sizes);
  const auto counts = history.count_ancestors(classes, static_cast<int>(sizes.size()));
  const auto distances = history.distances(range.untestable(), farthest);
  const auto whole = static_cast<double>(range.candidates());

  double before = 0;
  for (const std::uint32_t size : sizes) before += part(size, whole);
  std::optional<Cut> best;
  double best_score = 1e-9;
  for (std::size_t p = 0; p < history.size(); ++p) {
    if (!range.is_candidate(p) || range.is_known(p)) continue;
    if (std::find(running.begin(), running.end(), p) != running.end()) continue;
    double after = 0;
    for (std::size_t c = 0; c < sizes.size(); ++c) {
      const std::uint32_t inside = counts[c][p];
      after += part(std::min(inside, sizes[c] - inside), whole);
      after += part(std::max(inside, sizes[c] - inside), whole);
    }
    const double risk = untestable_risk(distances[p], range.untestable().size(), range.trials());
    const double score = (after - before) * (1 - risk);
    // Equal up to rounding: the older commit stays.
    if (score > best_score * (1 + 1e-12)) {
      best_score = score;
      best = Cut{p, after - before};
    }
  }
  return best;
}

}  // namespace leakbisect::strategies
