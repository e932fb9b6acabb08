// Fastify: plugins and routes that @fastify/autoload takes from their folders, so that a file that
// is gone is a plugin that is off.

#include "init/ecosystem_list.hpp"
#include "init/node.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::init {
namespace {

// Autoload mounts routes/a/index.js at /a.
void add_autoloaded(const Project& project, Draft& draft) {
  for (const char* root : {"routes/", "src/routes/"})
    for (const std::string& file : project.sources({".js", ".mjs", ".cjs", ".ts"})) {
      if (!file.starts_with(root) || file.ends_with(".d.ts")) continue;
      std::string folder = "/" + file.substr(std::string_view(root).size());
      folder.erase(folder.rfind('/'));
      for (const Match& route :
           project.find_all(file, R"x(\.get(?:<[^>]*>)?\(\s*['"`](/[^'"`]*)['"`])x")) {
        std::string path =
            folder + (folder.empty() || route.groups[1] != "/" ? route.groups[1] : "");
        add_request(draft, path, fmt::format("a route in {}", route.place.text()));
      }
    }
}

void add_removable(const Project& project, Draft& draft) {
  for (const char* folder : {"plugins", "routes", "src/plugins", "src/routes"})
    for (const char* ending : {".js", ".mjs", ".ts"})
      add_glob(project, draft, folder, ending, {{"remove", true}});
}

}  // namespace

std::optional<Place> see_fastify(const Project& project) {
  return dependency(project, "fastify");
}

void guess_fastify(const Project& project, Draft& draft) {
  guess_node_build(project, draft);
  guess_node_start(project, draft);
  const std::string line = script(project, "start");
  if (line.find("fastify start") != std::string::npos) {
    // The script may compile first, which is the build's part here.
    const std::string command = line.substr(line.find("fastify start"));
    std::vector<std::string> words{bin("fastify"), "start", "-p", "{port}"};
    const std::string last = command.substr(command.rfind(' ') + 1);
    words.push_back(last);
    draft.start.value = words;
    told_by_argument(draft, "fastify-cli takes it as -p");
  }
  if (dependency(project, "@fastify/autoload")) {
    add_autoloaded(project, draft);
    add_removable(project, draft);
  }
  const auto files = node_sources(project, draft);
  guess_port(project, files, draft);
  if (draft.requests.empty()) guess_routes(project, files, draft);
  choose_ready(draft);
}

}  // namespace leakbisect::init
