#pragma once

// Regions of a text between two marked lines, in whatever comment the language has.

#include "base/error.hpp"

#include <span>
#include <string>

namespace leakbisect::units {

/// `text` with the lines of every region in `regions` emptied: those between a line that holds
/// "leakbisect:begin NAME" and the next with "leakbisect:end NAME". A name may mark several
/// regions, and regions may lie in each other. Line numbers stay. Fails when a region is missing,
/// opened twice, or not closed.
Result<std::string> mask_regions(const std::string& text, std::span<const std::string> regions);

}  // namespace leakbisect::units
