// `split`: recursive halving, in the manner of Go's bisect (golang.org/x/tools/cmd/bisect), which
// finds several culprits and sets that leak only together. Instead of trying both halves at every
// level it looks for the shortest prefix of the suspects that still leaks beside the culprits
// already kept: its last unit is needed for the leak. That costs log2 N trials a unit of the set,
// plus one that shows the set to be enough. With more slots the prefix is searched k-ary.

#include "strategies/script/set_search.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

class Split final : public SetSearch {
 public:
  explicit Split(const SearchSpace& space) : SetSearch(space) {}

 private:
  /// Invariant: keep and suspects together leak; every unit of keep is needed for that. Needs have
  /// smaller indices, so every prefix of a closed set is closed.
  Task<Units> minimal(Units suspects) override {
    Units keep;
    while (true) {
      const Configuration kept = only(keep);
      const Finding alone = co_await trial(kept, "is this enough to leak");
      if (alone == Finding::leaking || suspects.empty()) break;
      const std::size_t length = co_await shortest_prefix(keep, suspects);
      keep = merge(keep, {suspects[length - 1]});
      suspects.resize(length - 1);
    }
    co_return closure(keep);
  }

  /// Invariant: keep with suspects[0, high) leaks, with suspects[0, low) it does not.
  Task<std::size_t> shortest_prefix(const Units& keep, const Units& all) {
    std::size_t low = 0;
    std::size_t high = all.size();
    while (high - low > 1) {
      suspect(Units(all.begin() + static_cast<std::ptrdiff_t>(low),
                    all.begin() + static_cast<std::ptrdiff_t>(high)));
      const std::vector<std::size_t> lengths = cuts(low, high);
      std::vector<Configuration> prefixes;
      for (const std::size_t length : lengths) {
        const Units prefix(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(length));
        prefixes.push_back(only(merge(keep, prefix)));
      }
      const std::string why = "halves " + std::to_string(high - low) + " suspects";
      const std::optional<std::size_t> leaking = co_await first(Until::leaking, prefixes, why);
      if (leaking) high = lengths[*leaking];
      if (!leaking) {
        low = lengths.back();
      } else if (*leaking > 0) {
        low = lengths[*leaking - 1];
      }
    }
    co_return high;
  }

  /// Cuts (low, high) into equal parts, one cut a slot.
  [[nodiscard]] std::vector<std::size_t> cuts(std::size_t low, std::size_t high) const {
    const std::size_t count = std::min(slots(), high - low - 1);
    std::vector<std::size_t> lengths;
    for (std::size_t i = 1; i <= count; ++i) {
      lengths.push_back(low + (high - low) * i / (count + 1));
    }
    return lengths;
  }
};

}  // namespace

std::unique_ptr<Strategy> make_split(const SearchSpace& space, const Prior&, std::uint64_t) {
  return std::make_unique<Split>(space);
}

}  // namespace leakbisect::strategies
