#include "bench/search/search_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace leakbisect::bench {
namespace {

std::string with_interval(const Spread& spread) {
  return fmt::format("{:.2f}±{:.2f}", spread.mean, spread.half_width);
}

std::string percent(const Proportion& part) {
  if (part.of == 0) return "-";
  return fmt::format("{:.1f} [{:.1f},{:.1f}]", 100 * part.share(), 100 * part.low(),
                     100 * part.high());
}

nlohmann::json to_json(const Spread& spread) {
  return {{"mean", spread.mean},
          {"half_width_95", spread.half_width},
          {"p50", spread.p50},
          {"p95", spread.p95}};
}

nlohmann::json to_json(const Proportion& part) {
  return {{"hits", part.hits},
          {"of", part.of},
          {"share", part.share()},
          {"wilson_95", {part.low(), part.high()}}};
}

std::string goal_text(const Row& row) {
  if (!row.is_default || !row.cell->goal || !row.figure) return "";
  const Goal& goal = *row.cell->goal;
  const char* what = goal.what == Measured::trials   ? "trials"
                     : goal.what == Measured::rounds ? "rounds"
                                                     : "cost";
  return fmt::format("{} {} {:.2f} <= {:g}, right >= {:g}%: {}", goal.name, what, *row.figure,
                     goal.most, 100 * goal.right, goal_met(row));
}

}  // namespace

double figure_of(const Goal& goal, const Tally& tally) {
  switch (goal.what) {
    case Measured::rounds:
      return tally.rounds.mean;
    case Measured::cost:
      return tally.cost.mean;
    case Measured::trials:
      break;
  }
  return tally.trials.mean;
}

std::string goal_met(const Row& row) {
  if (!row.is_default || !row.cell->goal || !row.figure) return "";
  const Goal& goal = *row.cell->goal;
  const bool is_met = *row.figure <= goal.most && row.tally.right.share() >= goal.right;
  return is_met ? "met" : "missed";
}

std::string table_head() {
  return fmt::format(
      "{:<22} {:<10} {:>5} {:>13} {:>5} {:>5} {:>13} {:>15} {:>18} {:>6} {:>6} {:>6} "
      "{:>6} {:>7} {:>24} {:>6} {:>6}  {}",
      "cell", "strategy", "n", "trials", "p50", "p95", "rounds", "cost", "right %", "exact",
      "recall", "false", "class", "stated", "stated .985-.995: right %", "ms", "max ms", "goal");
}

std::string table_line(const Row& row) {
  const Tally& t = row.tally;
  const std::string near = t.near_99.of == 0
                               ? std::string("-")
                               : fmt::format("{} of {}", percent(t.near_99), t.near_99.of);
  return fmt::format(
      "{:<22} {:<10} {:>5} {:>13} {:>5.0f} {:>5.0f} {:>13} {:>15} {:>18} {:>6.1f} "
      "{:>6.1f} {:>6.1f} {:>6.2f} {:>7.2f} {:>24} {:>6.2f} {:>6.1f}  {}",
      row.cell->id, row.strategy, t.right.of, with_interval(t.trials), t.trials.p50, t.trials.p95,
      with_interval(t.rounds), with_interval(t.cost), percent(t.right), 100 * t.exact.share(),
      100 * t.recall, 100 * t.accusing.share(), t.class_size, 100 * t.stated, near, t.decision_ms,
      t.slowest_ms, goal_text(row));
}

std::string json_line(const Row& row) {
  const Tally& t = row.tally;
  nlohmann::json object{{"cell", row.cell->id},
                        {"strategy", row.strategy},
                        {"seed", row.seed},
                        {"slots", row.cell->slots},
                        {"instances", t.right.of},
                        {"trials", to_json(t.trials)},
                        {"rounds", to_json(t.rounds)},
                        {"cost", to_json(t.cost)},
                        {"right", to_json(t.right)},
                        {"exact", to_json(t.exact)},
                        {"false_accusations", to_json(t.accusing)},
                        {"undecided", to_json(t.undecided)},
                        {"recall", t.recall},
                        {"class_size", t.class_size},
                        {"stated", t.stated},
                        {"answered_right", to_json(t.answered_right)},
                        {"stated_near_99", to_json(t.near_99)},
                        {"decision_ms", t.decision_ms},
                        {"slowest_decision_ms", t.slowest_ms}};
  if (row.is_default && row.cell->goal && row.figure) {
    const Goal& goal = *row.cell->goal;
    object["goal"] = {{"name", goal.name},
                      {"figure", *row.figure},
                      {"most", goal.most},
                      {"right_at_least", goal.right},
                      {"result", goal_met(row)}};
  }
  return object.dump();
}

}  // namespace leakbisect::bench
