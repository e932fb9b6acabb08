#pragma once

// Lines at the bottom of a terminal that are drawn over again, below a story that scrolls.

#include "report/terminal.hpp"

#include <memory>
#include <string_view>

namespace leakbisect::report {

/// Writes all of `text`, through short writes; gives up silently when the other end is gone (the
/// hunt must not die because nobody listens any more).
void write_all(int fd, std::string_view text);

/// Columns of the terminal that `fd` is; 80 where it is none.
std::size_t width_of(int fd);

/// A terminal whose cursor can be moved. Long lines of the story wrap; live lines are cut to the
/// width.
std::unique_ptr<Terminal> make_live_terminal(int fd, bool colour);

}  // namespace leakbisect::report
