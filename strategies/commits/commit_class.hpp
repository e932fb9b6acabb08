#pragma once

// Which commits trials cannot tell apart: no commit that can be tested lies between them.

#include "strategies/commits/history.hpp"

#include <vector>

namespace leakbisect::strategies {

/// All positions, ascending, that no open commit tells from `position`: each of these has both or
/// neither of them among itself and its ancestors. `is_open` is one flag a position: a trial of it
/// would say something.
std::vector<std::size_t> same_class(const History& history, const std::vector<bool>& is_open,
                                    std::size_t position);

}  // namespace leakbisect::strategies
