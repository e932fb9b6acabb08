// Routes of Flask, FastAPI and Starlette. Those of a blueprint or a router stand below its own
// prefix and the one that it is mounted with, which is mostly said in another file.

#include "init/python.hpp"
#include "init/routes.hpp"

#include <algorithm>
#include <array>

namespace leakbisect::init {
namespace {

constexpr int deepest_mount = 6;             // routers within routers
constexpr std::size_t most_call_lines = 20;  // of one call

struct Router {
  std::string file;
  std::string name;
  std::optional<std::string> prefix;  // its own; nothing: not a plain text
  bool is_blueprint = false;
};

// `owner.include_router(name)`, in `file`.
struct Mount {
  std::string file;
  std::string owner;
  std::string mounted;                // "name" or "module.name"
  std::optional<std::string> prefix;  // nothing: not a plain text
  bool has_prefix = false;
};

struct Routers {
  const Project& project;
  std::vector<std::string> files;
  std::vector<Router> routers;
  std::vector<Mount> mounts;
};

// A call that begins in this line, up to the parenthesis that closes it.
std::string call_at(const Project& project, const Place& place) {
  const std::string& text = project.text(place.file);
  std::size_t at = 0;
  for (std::size_t line = 1; line < place.line && at != std::string::npos; ++line)
    at = text.find('\n', at) + 1;
  int depth = 0;
  std::size_t lines = 0;
  for (std::size_t end = at; end < text.size() && lines < most_call_lines; ++end) {
    if (text[end] == '\n') ++lines;
    if (text[end] == '(') ++depth;
    if (text[end] == ')' && --depth == 0) return text.substr(at, end - at);
  }
  return text.substr(at, text.find('\n', at) - at);
}

// What a call says of its prefix; nothing where that is no plain text.
std::optional<std::string> prefix_in(const std::string& call, bool& is_given) {
  static const Pattern given = Pattern::make(R"x(\b(?:url_)?prefix\s*=)x").value();
  static const Pattern plain =
      Pattern::make(R"x(\b(?:url_)?prefix\s*=\s*['"]([^'"{]*)['"]\s*(?:,|$|\n|#))x").value();
  is_given = given.is_in(call);
  if (!is_given) return "";
  const auto found = plain.first_group(call);
  if (!found) return std::nullopt;
  return std::string(*found);
}

Routers read_routers(const Project& project, const std::vector<std::string>& files) {
  Routers all{project, files, {}, {}};
  for (const std::string& file : files) {
    for (const Match& made : project.find_all(
             file, R"x(\b(\w+)\s*(?::\s*\w+\s*)?=\s*(?:\w+\.)*(Blueprint|APIRouter)\()x")) {
      bool is_given = false;
      const auto prefix = prefix_in(call_at(project, made.place), is_given);
      all.routers.push_back({file, made.groups[1], prefix, made.groups[2] == "Blueprint"});
    }
    for (const Match& mount :
         project.find_all(file, R"x((\w+)\.(?:register_blueprint|include_router)\(\s*([\w.]*))x")) {
      const std::string call = call_at(project, mount.place);
      static const Pattern first = Pattern::make(R"x(\(\s*([\w.]+))x").value();
      const std::string mounted(first.first_group(call).value_or(mount.groups[2]));
      bool is_given = false;
      auto prefix = prefix_in(call, is_given);
      all.mounts.push_back({file, mount.groups[1], mounted, std::move(prefix), is_given});
    }
  }
  return all;
}

std::string last_part(const std::string& text, char between) {
  return text.substr(text.rfind(between) + 1);  // all of it where there is none
}

bool is_module(const std::string& file, const std::string& module) {
  const std::string name = module_of(file);
  return module.empty() || name == module || name.ends_with("." + module);
}

// What a file means by "name" or "module.name"; nullptr: no router that we know.
const Router* router_called(const Routers& all, const std::string& file, const std::string& word) {
  std::string name = last_part(word, '.');
  std::string module = word.size() > name.size()
                           ? last_part(word.substr(0, word.size() - name.size() - 1), '.')
                           : "";
  if (module.empty()) {
    for (const Router& router : all.routers)
      if (router.file == file && router.name == name) return &router;
    const auto imported =
        all.project.find(file, R"x(\bfrom\s+([\w.]+)\s+import\s+(?:.*\b)?(?:(\w+)\s+as\s+)?\b)x" +
                                   literally(name) + R"x(\b)x");
    if (!imported) return nullptr;
    module = last_part(imported->groups[1], '.');
    if (!imported->groups[2].empty()) name = imported->groups[2];
  }
  for (const Router& router : all.routers)
    if (router.name == name && is_module(router.file, module)) return &router;
  return nullptr;
}

// Where a router's routes are, mounts included; nothing where that cannot be read.
std::optional<std::string> place_of(const Routers& all, const Router& router, int depth) {
  if (depth > deepest_mount) return std::nullopt;
  for (const Mount& mount : all.mounts) {
    if (router_called(all, mount.file, mount.mounted) != &router) continue;
    if (!mount.prefix) return std::nullopt;
    const Router* const owner = router_called(all, mount.file, mount.owner);
    const auto above = owner != nullptr ? place_of(all, *owner, depth + 1) : std::string();
    // Flask takes one of the two, FastAPI both.
    const bool replaces = router.is_blueprint && mount.has_prefix;
    if (!above || (!replaces && !router.prefix)) return std::nullopt;
    return *above + *mount.prefix + (replaces ? "" : *router.prefix);
  }
  return router.prefix;
}

bool is_application(const Project& project, const std::string& file, const std::string& name) {
  static const std::array usual{"app", "application", "api"};
  return std::ranges::find(usual, name) != usual.end() ||
         project.find(file, R"x(\b)x" + literally(name) + R"x(\s*=\s*(?:Flask|FastAPI)\()x");
}

void add_routes(const Routers& all, const std::string& file, Draft& draft) {
  for (const Match& route : all.project.find_all(
           file,
           R"x(@(\w[\w.]*)\.(?:route|get)\(\s*(?:rule\s*=\s*|path\s*=\s*)?['"]([^'"]*)['"])x")) {
    const std::string call = call_at(all.project, route.place);
    if (call.find("methods") != std::string::npos && call.find("GET") == std::string::npos)
      continue;
    const Router* const router = router_called(all, file, route.groups[1]);
    if (router == nullptr && !is_application(all.project, file, last_part(route.groups[1], '.')))
      continue;
    const auto before = router != nullptr ? place_of(all, *router, 0) : std::string();
    if (before) add_request(draft, *before + route.groups[2], "a route in " + route.place.text());
  }
  for (const Match& route :
       all.project.find_all(file, R"x(\b(?:app\.add_url_rule|Route)\(\s*['"](/[^'"]*)['"])x"))
    add_request(draft, route.groups[1], "a route in " + route.place.text());
}

}  // namespace

void guess_python_routes(const Project& project, const std::vector<std::string>& files,
                         Draft& draft) {
  const Routers all = read_routers(project, files);
  for (const std::string& file : files) add_routes(all, file, draft);
  if (draft.requests.empty() && all.routers.empty())
    guess_routes(project, files, draft);
  else
    choose_ready(draft);
}

}  // namespace leakbisect::init
