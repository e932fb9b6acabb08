// `linear`: how people search by hand. Units are switched off one after the other, and stay off,
// until the leak stops; the last one is the suspect, and is confirmed with all the others off. A
// history is walked from the oldest commit to the newest. The baseline to beat, and the strategy to
// start from when writing one.

#include "strategies/commits/culprit_range.hpp"
#include "strategies/script/set_search.hpp"

#include <algorithm>

namespace leakbisect::strategies {
namespace {

constexpr std::size_t lookahead = 64;  ///< trials named at once; only free slots try them early

class LinearToggles final : public SetSearch {
 public:
  explicit LinearToggles(const SearchSpace& space) : SetSearch(space) {}

 private:
  /// Invariant: on = keep + order[next..] leaks; without any unit of keep it did not.
  Task<Units> minimal(Units on) override {
    const Units order = masking_order(on);
    Units keep;
    std::size_t next = 0;
    while (next < order.size()) {
      suspect(on);
      std::vector<Configuration> masked;
      Units left = on;
      for (std::size_t i = next; i < order.size() && masked.size() < lookahead; ++i) {
        left = difference(left, {order[i]});
        masked.push_back(only(left));
      }
      const std::optional<std::size_t> stopped =
          co_await first(Until::not_leaking, masked, "one more unit off");
      const std::size_t passed = stopped.value_or(masked.size());
      for (std::size_t i = 0; i < passed; ++i) on = difference(on, {order[next + i]});
      next += passed;
      if (!stopped) continue;
      keep = merge(keep, {order[next++]});
      const Units kept = closure(keep);
      const Configuration suspects = only(kept);
      const Finding alone = co_await trial(suspects, "the suspect alone");
      if (alone == Finding::leaking) co_return kept;
    }
    co_return on;
  }

  /// Every unit after all units that need it, otherwise in the order of the list.
  [[nodiscard]] Units masking_order(const Units& on) const {
    Units order;
    std::vector<bool> is_placed(space().size(), false);
    const auto place = [&](UnitIndex unit) {
      is_placed[unit] = true;
      order.push_back(unit);
    };
    for (const UnitIndex unit : on) {
      const Units rest = remove(on, {unit});
      Units with_dependents = difference(on, rest);
      std::reverse(with_dependents.begin(), with_dependents.end());
      for (const UnitIndex dependent : with_dependents) {
        if (!is_placed[dependent]) place(dependent);
      }
    }
    return order;
  }
};

class LinearHistory final : public Script {
 public:
  LinearHistory(const SearchSpace& space, const Prior& prior)
      : Script(space), range_(space, prior) {}

  [[nodiscard]] std::vector<double> probabilities() const override {
    return range_.probabilities();
  }

 private:
  /// Invariant: no commit before position `next` leaks.
  Task<Answer> search() override {
    const History& history = range_.history();
    std::size_t next = 0;
    bool is_found = false;
    while (next < history.size() && !is_found) {
      std::vector<Configuration> commits;
      for (std::size_t p = next; p < history.size() && commits.size() < lookahead; ++p) {
        commits.push_back(at_commit(history.unit(p)));
      }
      suspect_from(next);
      const std::optional<std::size_t> leaking =
          co_await first(Until::leaking, commits, "the next commit");
      is_found = leaking.has_value();
      const std::size_t tried = leaking ? *leaking + 1 : commits.size();
      for (std::size_t i = 0; i < tried; ++i) learn(commits[i]);
      next += tried;
    }
    const std::optional<UnitIndex> end = range_.unseen_end();
    const Configuration unseen = at_commit(end.value_or(no_unit));
    if (end) co_await trial(unseen, "the good end");
    learn(unseen);
    co_return range_.conclude();
  }

  void learn(const Configuration& configuration) {
    range_.learn(configuration.commit, ledger().finding(configuration),
                 ledger().weight(configuration));
  }

  void suspect_from(std::size_t position) {
    std::vector<UnitIndex> units;
    for (; position < range_.history().size(); ++position) {
      units.push_back(range_.history().unit(position));
    }
    suspect(std::move(units));
  }

  CulpritRange range_;
};

}  // namespace

std::unique_ptr<Strategy> make_linear(const SearchSpace& space, const Prior& prior, std::uint64_t) {
  if (space.shape == Shape::history) return std::make_unique<LinearHistory>(space, prior);
  return std::make_unique<LinearToggles>(space);
}

}  // namespace leakbisect::strategies
