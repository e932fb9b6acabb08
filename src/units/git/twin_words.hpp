#pragma once

// What the messages of two commits say of each other. Pure text.

#include <string>
#include <string_view>

namespace leakbisect::units {

struct NamedMessage {
  std::string_view name;     ///< full sha
  std::string_view message;  ///< subject first
};

/// How `one` stands to `other` by either's message: "was cherry-picked from it", "is a backport of
/// it", "reapplies it", or the other way round ("was cherry-picked to it"); "" when
/// no message names the other.
std::string relation_of(const NamedMessage& one, const NamedMessage& other);

}  // namespace leakbisect::units
