#pragma once

#include <filesystem>
#include <vector>

namespace leakbisect {

/// The folders in which a program's bare name is looked for: those of PATH in their order; without
/// the variable /usr/bin and /bin.
std::vector<std::filesystem::path> search_path();

}  // namespace leakbisect
