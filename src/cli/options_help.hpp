#pragma once

// What help says beside the options: examples, exit codes, and the way to a command from nothing or
// from a mistyped word. Only options.cpp includes it.

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace leakbisect::cli {

/// Gives every command two examples and its exit codes.
void add_footers(CLI::App& app);

/// What is printed where no command is given, or none is called like the first of `words`; nothing
/// where one is.
std::optional<std::string> way_to_a_command(const CLI::App& app,
                                            const std::vector<std::string>& words);

}  // namespace leakbisect::cli
