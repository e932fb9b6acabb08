// Any other project with a package.json, or a server file without one.

#include "init/command_line.hpp"
#include "init/ecosystem_list.hpp"
#include "init/node.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

namespace leakbisect::init {

std::optional<Place> see_node(const Project& project) {
  if (project.has("package.json")) return Place{"package.json", 0};
  for (const char* file : {"server.js", "server.mjs", "server.cjs"})
    if (project.has(file)) return Place{file, 0};
  return std::nullopt;
}

void guess_plain_node(const Project& project, Draft& draft) {
  guess_node(project, draft);
}

}  // namespace leakbisect::init
