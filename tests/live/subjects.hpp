#pragma once

// The servers that live_bench judges: one row each, in the order in which they are run. Their hunt
// files are below hunts/, their sources below servers/.

#include <string>
#include <vector>

namespace leakbisect::live {

struct Subject {
  std::string name;                ///< of hunts/NAME.json
  std::vector<std::string> needs;  ///< programs that must be installed
  double within_s = 0;             ///< a verdict is wanted within this; 0: only never a wrong one
};

inline const std::vector<Subject>& subjects() {
  static const std::vector<Subject> rows{
      {"node-interval", {"node"}, 10},   {"c-32", {"cc"}, 20},
      {"jvm-1k", {"java", "javac"}, 40}, {"node-100", {"node"}, 60},
      {"node-lru", {"node"}, 0},         {"node-session", {"node"}, 0},
      {"c-fragment", {"cc"}, 0},         {"python-cycles", {"python3"}, 0},
  };
  return rows;
}

}  // namespace leakbisect::live
