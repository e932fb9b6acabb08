#pragma once

// Tells somebody that the hunt has ended, as the hunt file's "notify" says. Never fatal: what does
// not arrive is a warning.

#include "config/hunt_file.hpp"
#include "report/model.hpp"

#include <filesystem>

namespace leakbisect::cli {

/// Runs the command and calls the web hook with the report's JSON, side by side, each bounded in
/// time; warns on stderr. Does nothing for a hunt that the user has interrupted.
void notify_end(const config::HuntFile& hunt, const report::Model& model,
                const std::filesystem::path& directory);

}  // namespace leakbisect::cli
