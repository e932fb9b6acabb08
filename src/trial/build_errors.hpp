#pragma once

// Why a build failed, in one line of its log: the first error, not what make says at last. Pure.

#include <string>

namespace leakbisect::trial {

/// The first line of `log` that is an error of a compiler, linker, interpreter or package manager;
/// else the line in which make (or ninja) names the target that failed; else the last line that is
/// not empty. At most some hundred characters; "" for an empty log.
std::string first_error(const std::string& log);

}  // namespace leakbisect::trial
