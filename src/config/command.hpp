#pragma once

// A command of the hunt file.

#include <string>
#include <vector>

namespace leakbisect::config {

/// A command. From a JSON array: run without a shell. From a string: {"/bin/sh", "-c", text}.
struct Command {
  std::vector<std::string> argv;
  bool operator==(const Command&) const = default;
};

}  // namespace leakbisect::config
