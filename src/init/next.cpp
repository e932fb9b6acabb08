// Next: its production server; pages and routes by their files.

#include "init/ecosystem_list.hpp"
#include "init/node.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

// app/shop/[id]/page.tsx is /shop/{n}; (group) and @slot folders are not in the path.
std::string app_path(const std::string& file, std::string_view root) {
  std::string rest = file.substr(root.size());
  std::string path;
  for (std::size_t from = 0; from < rest.size();) {
    const auto end = rest.find('/', from);
    if (end == std::string::npos) break;  // the file's own name
    const std::string part = rest.substr(from, end - from);
    if (part.front() != '(' && part.front() != '@') path += "/" + part;
    from = end + 1;
  }
  return path.empty() ? "/" : path;
}

void add_app_pages(const Project& project, Draft& draft) {
  for (const char* root : {"app/", "src/app/"})
    for (const std::string& file : project.sources({".js", ".jsx", ".ts", ".tsx"})) {
      if (!file.starts_with(root)) continue;
      const std::string name = file.substr(file.rfind('/') + 1);
      const bool is_route = name.starts_with("route.") && project.find(file, R"x(\bGET\b)x");
      if (name.starts_with("page.") || is_route)
        add_request(draft, app_path(file, root), "the file " + file);
    }
}

void add_next_pages(const Project& project, Draft& draft) {
  for (const std::string root : {"pages/", "src/pages/"})
    for (const std::string& file : project.sources({".js", ".jsx", ".ts", ".tsx"})) {
      if (!file.starts_with(root) || file.find("/_") != std::string::npos) continue;
      std::string path = "/" + file.substr(root.size(), file.rfind('.') - root.size());
      if (path.ends_with("/index")) path.erase(path.size() - 6);
      add_request(draft, path.empty() ? "/" : path, "the file " + file);
    }
}

}  // namespace

std::optional<Place> see_next(const Project& project) {
  return dependency(project, "next");
}

void guess_next(const Project& project, Draft& draft) {
  guess_node_build(project, draft);
  const std::string settings =
      project.first_of({"next.config.js", "next.config.mjs", "next.config.ts"});
  const auto standalone = project.find(settings, R"x(output:\s*['"]standalone['"])x");
  if (standalone) {
    draft.start = {CommandText{"node", ".next/standalone/server.js"},
                   "\"standalone\" in " + standalone->place.text()};
    tell_by_environment(draft, "PORT", "Next's standalone server reads it");
    draft.env["HOSTNAME"] = {"127.0.0.1", "only for this host"};
  } else {
    draft.start = {CommandText{bin("next"), "start", "-H", "127.0.0.1", "-p", "{port}"},
                   "Next's production server"};
    told_by_argument(draft, "next start takes it as -p");
  }
  draft.env["NEXT_TELEMETRY_DISABLED"] = {"1", "no trial reports to others"};
  add_app_pages(project, draft);
  add_next_pages(project, draft);
  choose_ready(draft);
  add_react_components(project, draft);
}

}  // namespace leakbisect::init
