#pragma once

// Regions of a text between two marked lines, in whatever comment the language has.

#include "base/error.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>

namespace leakbisect::units {

/// `text` with the lines of every region in `regions` emptied: those between a line that holds
/// "leakbisect:begin NAME" and the next with "leakbisect:end NAME". A name may mark several
/// regions, and regions may lie in each other. Line numbers stay. Fails when a region is missing,
/// opened twice, or not closed.
Result<std::string> mask_regions(const std::string& text, std::span<const std::string> regions);

/// The first and the last line, from 1, between the marks of a region's first place; nothing where
/// it is not there, or empty.
std::optional<std::pair<std::size_t, std::size_t>> region_lines(const std::string& text,
                                                                const std::string& region);

}  // namespace leakbisect::units
