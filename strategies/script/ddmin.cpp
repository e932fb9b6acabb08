// `ddmin`: delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing
// Input", 2002, figure 3). Shrinks the set of units that are on to one from which no unit can be
// taken. Untestable is the paper's "unresolved": not leaking.

#include "strategies/script/set_search.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

class Ddmin final : public SetSearch {
 public:
  explicit Ddmin(const SearchSpace& space) : SetSearch(space) {}

 private:
  /// Invariant: `on` is closed and leaks. Ends when no part of one unit can be taken from it.
  Task<Units> minimal(Units on) override {
    std::size_t parts = 2;
    while (on.size() > 1) {
      suspect(on);
      parts = std::min(parts, on.size());
      const std::vector<Units> smaller = reductions(on, parts);
      std::vector<Configuration> configurations;
      configurations.reserve(smaller.size());
      for (const Units& units : smaller) configurations.push_back(only(units));
      const std::string why = std::to_string(parts) + " parts of " + std::to_string(on.size());
      const std::optional<std::size_t> leaking =
          co_await first(Until::leaking, configurations, why);
      if (leaking) {
        // A part of the whole is cut in two; what is left of the whole keeps the size of its parts.
        parts = *leaking < parts ? 2 : std::max<std::size_t>(parts - 1, 2);
        on = smaller[*leaking];
      } else if (parts == on.size()) {
        break;
      } else {
        parts *= 2;
      }
    }
    co_return on;
  }

  /// First the parts (closed: with their needs), then their complements. A part whose needs are all
  /// of `on` is no reduction: its complement stands in for it.
  [[nodiscard]] std::vector<Units> reductions(const Units& on, std::size_t parts) const {
    std::vector<Units> subsets;
    std::vector<Units> complements;
    for (std::size_t i = 0; i < parts; ++i) {
      const auto begin = on.begin() + static_cast<std::ptrdiff_t>(on.size() * i / parts);
      const auto end = on.begin() + static_cast<std::ptrdiff_t>(on.size() * (i + 1) / parts);
      const Units part(begin, end);
      complements.push_back(remove(on, part));
      Units closed = closure(part);
      subsets.push_back(closed.size() < on.size() ? std::move(closed) : complements.back());
    }
    subsets.insert(subsets.end(), complements.begin(), complements.end());
    return subsets;
  }
};

}  // namespace

std::unique_ptr<Strategy> make_ddmin(const SearchSpace& space, const Prior&, std::uint64_t) {
  return std::make_unique<Ddmin>(space);
}

}  // namespace leakbisect::strategies
