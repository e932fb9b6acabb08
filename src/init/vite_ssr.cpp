// Vite with a server of one's own that renders: server.js beside vite.config, built for client and
// server, started for production.

#include "init/ecosystem_list.hpp"
#include "init/node.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

namespace leakbisect::init {

std::optional<Place> see_vite_ssr(const Project& project) {
  if (!dependency(project, "vite")) return std::nullopt;
  for (const char* name : {"build:server", "build:ssr", "build", "serve", "preview", "start"})
    if (script(project, name).find("--ssr") != std::string::npos)
      return project.place_of("package.json", "--ssr");
  return std::nullopt;
}

void guess_vite_ssr(const Project& project, Draft& draft) {
  guess_node_build(project, draft);
  guess_node_start(project, draft, {"start:prod", "preview", "serve", "start"});
  if (!draft.env.contains("NODE_ENV"))
    draft.env["NODE_ENV"] = {"production", "else vite compiles while it serves"};
  const auto files = node_sources(project, draft);
  guess_port(project, files, draft);
  add_request(draft, "/", "the page");
  choose_ready(draft);
  add_vue_components(project, draft);
  add_react_components(project, draft);
}

}  // namespace leakbisect::init
