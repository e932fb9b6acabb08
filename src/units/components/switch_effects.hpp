#pragma once

// Whether switches do anything, as far as that can be told before a server runs: files that would
// be left as they are, and environment variables that nothing names. Reads the subject's files;
// what it says is a doubt, never evidence.

#include "config/hunt_file.hpp"

#include <string>
#include <vector>

namespace leakbisect::units {

/// A switch that seems to have no effect.
struct Doubt {
  std::string path;  ///< JSON pointer of the switch in the hunt file
  std::string text;  ///< what was seen and what follows from it
};

/// The doubts about the components of `hunt`, in their order; empty for other units. An environment
/// variable is looked for, as a whole word, in all files below the subject's directory, in those
/// that the start command names, and in its program; where that is more than a quarter of a GiB, or
/// the server is another program's (a container's), nothing is said.
std::vector<Doubt> doubtful_switches(const config::HuntFile& hunt);

}  // namespace leakbisect::units
