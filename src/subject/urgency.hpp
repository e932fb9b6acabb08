#pragma once

// Processes that step back for everybody else, and that are called forward again.

#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

/// The calling thread gets only the processor and the disk that nobody else wants. Safe between
/// fork and exec.
void step_back();

/// Gives `pids` and their threads the same share as our own thread has. Takes a privilege
/// (CAP_SYS_NICE); without it nothing changes.
void call_forward(const std::vector<pid_t>& pids);

}  // namespace leakbisect::subject
