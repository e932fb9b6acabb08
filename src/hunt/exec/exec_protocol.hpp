#pragma once

// The lines that a user's strategy and we say to each other: strategies as JSON. Pure text; knows
// nothing of processes. Unknown fields are ignored, unknown units are errors.

#include "base/error.hpp"
#include "strategies/strategy.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace leakbisect::hunt {

/// Units by the names or the indices that a program uses for them.
class UnitNames {
 public:
  explicit UnitNames(const strategies::SearchSpace& space);
  /// Fails when `value` is neither a unit's name nor its index.
  [[nodiscard]] Result<strategies::UnitIndex> find(const nlohmann::json& value) const;
  [[nodiscard]] const strategies::SearchSpace& space() const { return space_; }

 private:
  const strategies::SearchSpace& space_;
  std::unordered_map<std::string, strategies::UnitIndex> index_;
};

/// A number a unit (prior, cost) as an object by name; empty where they are all alike.
nlohmann::json weights_by_name(const strategies::SearchSpace& space,
                               const std::vector<double>& weights);

/// What init says of the units: names, edges [unit, what it stands on], always_on, groups, prior.
/// Large spaces are told by a file that holds this object.
nlohmann::json units_json(const strategies::SearchSpace& space);

/// A trial as the program is told of it: {"commit": name or null} or {"off": [indices]}.
nlohmann::json trial_json(const strategies::SearchSpace& space,
                          const strategies::Configuration& configuration);

/// The outcome's fields of a tell.
nlohmann::json outcome_json(const strategies::Outcome& outcome);

/// What a program may answer to an ask.
struct Reply {
  struct Trial {
    std::string key;  ///< the program's own name for it, may be empty
    strategies::Ask ask;
  };
  std::vector<Trial> trials;
  bool wait = false;
  std::optional<strategies::Answer> done;
  std::vector<std::pair<strategies::UnitIndex, double>> top;  ///< its ranking, if it told one
  std::optional<double> confidence;                           ///< of its state
};

/// Reads one line. Nothing for an acknowledgement ({"ok": true}). Fails on anything that is not a
/// reply, with what was said.
Result<std::optional<Reply>> read_reply(const std::string& line, const UnitNames& names);

}  // namespace leakbisect::hunt
