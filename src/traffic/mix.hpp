#pragma once

// Many requests as the few routes of a load. Numbers that vary at one place of a path or query
// become {n}; names that vary (and could not be made up) are represented by the most frequent ones,
// which take over the weight of the others. Pure.

#include "config/hunt_file.hpp"
#include "traffic/traffic.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace leakbisect::traffic {

struct Mix {
  std::vector<config::HttpRequest> requests;  ///< most frequent first; weights as they were counted
  std::vector<std::string> notes;
};

/// At most `most_routes` of them; a note says which share of the requests they are.
Mix mix(const std::vector<Seen>& seen, std::size_t most_routes = 40);

}  // namespace leakbisect::traffic
