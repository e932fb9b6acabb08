// Nuxt: Nitro's server in .output (Nuxt 3 and 4) or `nuxt start` (Nuxt 2); components, plugins and
// routes of the server by their folders, at the top or in app/.

#include "init/ecosystem_list.hpp"
#include "init/node.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

// "^2.15", "~2", "2.18.1": the first number.
bool is_nuxt_2(const Project& project) {
  const auto package = project.json("package.json");
  for (const char* kind : {"dependencies", "devDependencies"}) {
    if (!package.contains(kind)) continue;
    for (const char* name : {"nuxt", "nuxt-start", "nuxt-edge"}) {
      if (!package[kind].contains(name) || !package[kind][name].is_string()) continue;
      const auto version = package[kind][name].get<std::string>();
      const auto digit = version.find_first_of("0123456789");
      return digit != std::string::npos && version[digit] == '2' &&
             (digit + 1 == version.size() || version[digit + 1] == '.');
    }
  }
  return false;
}

void add_nuxt_pages(const Project& project, Draft& draft) {
  for (const std::string root : {"pages/", "app/pages/"})
    for (const std::string& file : project.sources({".vue"})) {
      if (!file.starts_with(root)) continue;
      std::string path = "/" + file.substr(root.size(), file.size() - root.size() - 4);
      if (path.ends_with("/index")) path.erase(path.size() - 6);
      // Nuxt 2 writes a parameter as _id.
      if (const auto low = path.find("/_"); low != std::string::npos) path[low + 1] = ':';
      add_request(draft, path.empty() ? "/" : path, "the file " + file);
    }
}

void add_server_routes(const Project& project, Draft& draft) {
  for (const auto& [root, front] : {std::pair{"server/api/", "/api/"}, {"server/routes/", "/"}})
    for (const std::string& file : project.sources({".js", ".ts", ".mjs"})) {
      if (!file.starts_with(root)) continue;
      std::string path = front + file.substr(std::string_view(root).size());
      path.erase(path.rfind('.'));
      for (const char* method : {".post", ".put", ".delete", ".patch"})
        if (path.ends_with(method)) path.clear();
      if (path.ends_with(".get")) path.erase(path.size() - 4);
      if (path.ends_with("/index")) path.erase(path.size() - 6);
      if (!path.empty()) add_request(draft, path, "the file " + file);
    }
}

void add_nuxt_files(const Project& project, Draft& draft) {
  for (const char* ending : {".js", ".ts", ".mjs"}) {
    for (const char* folder : {"plugins", "app/plugins", "server/plugins", "server/api",
                               "server/routes", "server/middleware"})
      add_glob(project, draft, folder, ending, {{"remove", true}});
    for (const char* folder : {"middleware", "app/middleware"})
      add_glob(project, draft, folder, ending,
               {{"replace", "export default defineNuxtRouteMiddleware(() => {});\n"}});
  }
}

}  // namespace

std::optional<Place> see_nuxt(const Project& project) {
  for (const char* name : {"nuxt", "nuxt3", "nuxt-edge"})
    if (auto place = dependency(project, name)) return place;
  return std::nullopt;
}

void guess_nuxt(const Project& project, Draft& draft) {
  guess_node_build(project, draft);
  if (draft.build.value.empty())
    draft.build = {bin("nuxt") + " build", "a server is what nuxt build makes"};
  if (is_nuxt_2(project)) {
    draft.start = {CommandText{bin("nuxt"), "start"}, "Nuxt 2"};
    draft.env["HOST"] = {"127.0.0.1", "only for this host"};
    tell_by_environment(draft, "PORT", "nuxt start reads it");
  } else {
    draft.start = {CommandText{"node", ".output/server/index.mjs"}, "where nuxt build puts it"};
    draft.env["HOST"] = {"127.0.0.1", "only for this host"};
    tell_by_environment(draft, "PORT", "Nitro reads it");
  }
  draft.env["NUXT_TELEMETRY_DISABLED"] = {"1", "no trial reports to others"};
  add_nuxt_pages(project, draft);
  if (draft.requests.empty()) add_request(draft, "/", "app.vue");
  add_server_routes(project, draft);
  choose_ready(draft);
  add_vue_components(project, draft);
  if (!is_nuxt_2(project)) add_nuxt_files(project, draft);
}

}  // namespace leakbisect::init
