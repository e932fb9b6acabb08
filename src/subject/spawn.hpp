#pragma once

// Starts one program as a session of its own, clean of everything that is ours: signals at their
// defaults, no descriptor but 0, 1 and 2, ended when we end. Beside
// open_page.cpp the only place that knows the process library. Containment, output files and the
// program's end are the callers' business.

#include "base/error.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace leakbisect::subject {

struct SpawnSpec {
  std::vector<std::string> argv;
  std::filesystem::path directory;
  std::map<std::string, std::string> env;         ///< on top of our own environment
  int in = -1;                                    ///< becomes standard input; -1: /dev/null
  int out = 1;                                    ///< becomes standard output
  int err = 2;                                    ///< becomes standard error
  std::vector<std::filesystem::path> join_files;  ///< the child writes "0" into each, best effort
  bool idle = false;  ///< gets only the processor and the disk that nobody else wants
};

/// Returns once the program is executing. Fails when it is missing or cannot be executed, or the
/// folder is not there. The child dies with the calling thread: call from the main one.
Result<pid_t> spawn(const SpawnSpec& spec);

}  // namespace leakbisect::subject
