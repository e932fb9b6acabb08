#pragma once

// Real components, of which a made-up one leaks: what the words that make a component suspect
// (units/components/source_hints.txt) save where the culprit has some, and cost where it has none.

#include "base/error.hpp"
#include "bench/search/search_cell.hpp"

#include <filesystem>
#include <vector>

namespace leakbisect::bench {

/// Cells H-: each file below `folder` is a component, one leaks. Of the culprits with a suspicious
/// word, and of those without: the search with that prior, and without any, on the same instances.
/// Fails where the folder cannot be read or holds fewer than two files.
Result<std::vector<Cell>> hinted_cells(const std::filesystem::path& folder);

}  // namespace leakbisect::bench
