#pragma once

// External load: any command, run by a function of the target's. It should run until it is
// cancelled; its requests are known only as far as it reports them.

#include "load/load.hpp"
#include "load/progress.hpp"

#include <memory>

namespace leakbisect::load {

std::unique_ptr<Load> make_command_load(config::Command command, const Target& target,
                                        Progress progress);

}  // namespace leakbisect::load
