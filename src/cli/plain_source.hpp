#pragma once

// A server with nothing to switch: what `measure -- COMMAND` measures, in the folder where it is.

#include "cli/assemble.hpp"

namespace leakbisect::cli {

/// As assemble(), for a hunt without units. The server runs in its own folder, not in a copy.
Result<std::unique_ptr<Assembly>> assemble_plain(config::HuntFile hunt,
                                                 const std::filesystem::path& directory,
                                                 bool quiet);

}  // namespace leakbisect::cli
