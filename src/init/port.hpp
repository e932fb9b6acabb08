#pragma once

// How a program takes its port, read from its source: expressions that are the same in nearly all
// programs of a language. Comments are passed over.

#include "init/draft.hpp"
#include "init/project.hpp"

#include <string>
#include <vector>

namespace leakbisect::init {

/// Looks through `files`, the nearest to the start first, and writes what it finds into the draft:
/// a variable, an argument of `start` (which is there already), or the fixed port.
void guess_port(const Project& project, const std::vector<std::string>& files, Draft& draft);

/// $PORT, ${PORT} and ${PORT:-3000} as "{port}".
std::string with_port(const std::string& line);

/// The port is told by this variable.
void tell_by_environment(Draft& draft, const std::string& variable, const std::string& why);

/// Appends words to the start command, whether it is an array or a text.
void append_to_start(Draft& draft, const std::vector<std::string>& words);

/// The start command holds "{port}" because its program takes it there.
void told_by_argument(Draft& draft, const std::string& why);

}  // namespace leakbisect::init
