#pragma once

// "Did you mean": the known word nearest to a mistyped one.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace leakbisect {

/// The entry of `known` with the smallest edit distance to `word` (insert, delete, replace, swap of
/// neighbours), or nothing when none is nearer than half its length.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);

}  // namespace leakbisect
