// Express and Koa: routers in routes/ or middleware/ that the application takes by require or
// import.

#include "init/ecosystem_list.hpp"
#include "init/node.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

bool is_module(const Project& project, const std::string& file) {
  return file.ends_with(".mjs") || project.find(file, R"x(^\s*export\s)x").has_value();
}

// Files that export one router, and nothing else that somebody could ask for by name.
void add_routers(const Project& project, Draft& draft, const std::string& package,
                 const std::string& made) {
  for (const char* folder : {"routes", "src/routes", "routers", "src/routers"})
    for (const std::string& file : project.sources({".js", ".mjs"})) {
      if (!file.starts_with(std::string(folder) + "/")) continue;
      const bool is_esm = is_module(project, file);
      const auto exported =
          project.find(file, is_esm ? R"x(export\s+default\s+\w*[rR]outer)x"
                                    : R"x(module\.exports\s*=\s*\w*[rR]outer\s*;?\s*$)x");
      if (!exported) continue;
      const std::string text =
          is_esm ? fmt::format("import lib from '{}';\nexport default {};\n", package, made)
                 : fmt::format("const lib = require('{}');\nmodule.exports = {};\n", package, made);
      ComponentGuess component;
      component.entry = {{"name", file}, {"off", {{"replace", {{"file", file}, {"text", text}}}}}};
      component.why = "a router, exported in " + exported->place.text();
      draft.components.push_back(std::move(component));
    }
}

// The file, without its ending, of a router that is mounted by its name or where it is required.
std::string required_name(const Project& project, const std::string& file, const Match& use) {
  if (!use.groups[3].empty()) return use.groups[3];
  const auto taken =
      project.find(file, literally(use.groups[2]) +
                             R"x(\s*(?:=\s*require\(|\s+from\s+)\s*['"]\.+/([^'"]+)['"])x");
  return taken ? taken->groups[1] : "";
}

// `app.use('/users', usersRouter)` beside `usersRouter = require('./routes/users')`, the same in
// one, or with handlers before it: the paths of that file, with the one in front.
void add_mounted(const Project& project, const std::string& file, Draft& draft) {
  for (const Match& use : project.find_all(
           file, R"x(\.use\(\s*['"](/[^'"]*)['"]\s*,\s*(?:[\w$.]+(?:\([^()]*\))?\s*,\s*)*)x"
                 R"x((?:([A-Za-z_$][\w$]*)|require\(\s*['"]\.+/([^'"]+)['"]\s*\))\s*\))x")) {
    const std::string name = required_name(project, file, use);
    if (name.empty()) continue;
    const auto slash = file.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : file.substr(0, slash + 1);
    const std::string router =
        project.first_of({folder + name, folder + name + ".js", folder + name + "/index.js",
                          folder + name + ".mjs"});
    for (const Match& route : project.find_all(router, R"x(\.get\(\s*['"](/[^'"]*)['"])x")) {
      std::string path = use.groups[1] == "/" ? route.groups[1] : use.groups[1] + route.groups[1];
      if (path.size() > 1 && path.ends_with('/')) path.pop_back();
      add_request(
          draft, path,
          fmt::format("a route in {}, mounted in {}", route.place.text(), use.place.text()));
    }
  }
}

void guess_with_routers(const Project& project, Draft& draft, const std::string& package,
                        const std::string& made) {
  const auto files = project.sources({".js", ".mjs", ".cjs", ".ts"});
  for (const std::string& file : files) add_mounted(project, file, draft);
  const bool is_mounted = !draft.requests.empty();
  // Routers' own paths lack what they are mounted at: then only the application's are taken.
  std::vector<std::string> applications;
  for (const std::string& file : files)
    if (project.find(file, R"x(\b(?:express\(\)|new\s+Koa\())x")) applications.push_back(file);
  guess_node_build(project, draft);
  guess_node_start(project, draft);
  guess_port(project, node_sources(project, draft), draft);
  guess_routes(project, is_mounted && !applications.empty() ? applications : files, draft);
  draft.ready = {};
  choose_ready(draft);
  add_routers(project, draft, package, made);
}

}  // namespace

std::optional<Place> see_express(const Project& project) {
  return dependency(project, "express");
}
void guess_express(const Project& project, Draft& draft) {
  guess_with_routers(project, draft, "express", "lib.Router()");
}

std::optional<Place> see_koa(const Project& project) {
  return dependency(project, "koa");
}
void guess_koa(const Project& project, Draft& draft) {
  const char* router = dependency(project, "@koa/router") ? "@koa/router" : "koa-router";
  guess_with_routers(project, draft, router, "new lib()");
}

}  // namespace leakbisect::init
