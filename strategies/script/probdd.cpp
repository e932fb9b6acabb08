// `probdd`: probabilistic delta debugging (Wang, Shen, Chen, Xiong and Zhang, "Probabilistic Delta
// Debugging", ESEC/FSE 2021). Each unit has a probability of being needed for the leak; as many of
// the least probable are taken away as promises the greatest expected reduction.

#include "strategies/script/set_search.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

constexpr double prior = 0.1;  ///< the paper's

class ProbDd final : public SetSearch {
 public:
  explicit ProbDd(const SearchSpace& space) : SetSearch(space) {}

 private:
  /// Invariant: `on` is closed and leaks. Ends when every unit of it is surely needed.
  Task<Units> minimal(Units on) override {
    needed_.assign(space().size(), prior);
    while (true) {
      suspect(on);
      const Units group = largest_gain(on);
      if (group.empty()) break;
      const Units left = remove(on, group);
      const Units gone = difference(on, left);
      const Configuration rest = only(left);
      const Finding finding = co_await trial(rest, "less " + std::to_string(gone.size()));
      if (finding == Finding::leaking) {
        on = left;
      } else {
        suspect_more(gone);
      }
    }
    co_return on;
  }

  /// The prefix of the units, least probable first, for which size times the chance that none is
  /// needed is greatest. A unit counts as needed as those that need it, and comes after them: so a
  /// prefix takes nothing else away with it.
  [[nodiscard]] Units largest_gain(const Units& on) const {
    std::vector<double> needed = needed_;
    for (std::size_t i = on.size(); i-- > 0;) {
      for (const UnitIndex need : parents_of(space(), on[i])) {
        needed[need] = std::max(needed[need], needed[on[i]]);
      }
    }
    Units order;
    std::copy_if(on.rbegin(), on.rend(), std::back_inserter(order),
                 [&](UnitIndex unit) { return needed[unit] < 1; });
    std::stable_sort(order.begin(), order.end(),
                     [&](UnitIndex a, UnitIndex b) { return needed[a] < needed[b]; });
    double none_needed = 1;
    double most = 0;
    std::size_t size = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      none_needed *= 1 - needed_[order[i]];
      const double gain = static_cast<double>(i + 1) * none_needed;
      if (gain <= most) continue;
      most = gain;
      size = i + 1;
    }
    order.resize(size);
    std::sort(order.begin(), order.end());
    return order;
  }

  /// One of these at least is needed.
  void suspect_more(const Units& units) {
    double none_needed = 1;
    for (const UnitIndex unit : units) none_needed *= 1 - needed_[unit];
    for (const UnitIndex unit : units) {
      const bool is_alone = units.size() == 1 || none_needed >= 1;
      needed_[unit] = is_alone ? 1 : std::min(1.0, needed_[unit] / (1 - none_needed));
    }
  }

  std::vector<double> needed_;
};

}  // namespace

std::unique_ptr<Strategy> make_probdd(const SearchSpace& space, const Prior&, std::uint64_t) {
  return std::make_unique<ProbDd>(space);
}

}  // namespace leakbisect::strategies
