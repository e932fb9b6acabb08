// Nest: the compiled dist/main.js, controllers with decorators.

#include "init/ecosystem_list.hpp"
#include "init/node.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

void add_controllers(const Project& project, Draft& draft) {
  for (const std::string& file : project.sources({".controller.ts"})) {
    const auto controller = project.find(file, R"x(@Controller\(\s*(?:['"]([^'"]*)['"])?\s*\))x");
    if (!controller) continue;
    for (const Match& get : project.find_all(file, R"x(@Get\(\s*(?:['"]([^'"]*)['"])?\s*\))x")) {
      std::string path;
      for (const std::string& part : {controller->groups[1], get.groups[1]}) {
        if (part.empty() || part == "/") continue;
        path += part.front() == '/' ? part : "/" + part;
      }
      add_request(draft, path.empty() ? "/" : path, fmt::format("@Get in {}", get.place.text()));
    }
  }
}

}  // namespace

std::optional<Place> see_nest(const Project& project) {
  return dependency(project, "@nestjs/core");
}

void guess_nest(const Project& project, Draft& draft) {
  guess_node_build(project, draft);
  guess_node_start(project, draft, {"start:prod"});
  if (draft.start.value.is_null() || script(project, "start:prod").empty())
    draft.start = {CommandText{"node", "dist/main.js"}, "where nest build puts it"};
  const std::string main = project.first_of({"src/main.ts", "src/main.js"});
  guess_port(project, {main}, draft);
  add_controllers(project, draft);
  choose_ready(draft);
}

}  // namespace leakbisect::init
