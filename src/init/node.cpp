#include "init/node.hpp"

#include "init/command_line.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace leakbisect::init {
namespace {

const std::string manifest = "package.json";

struct Manager {
  const char* lock;
  const char* install;
  const char* run;
};
// By the lock file; where that does not fit package.json (old commits, other versions of the
// package manager), without it. What builds is a development dependency, which NODE_ENV=production
// leaves out.
constexpr std::array managers{
    Manager{"pnpm-lock.yaml",
            "(pnpm install --frozen-lockfile --prod=false || pnpm install --prod=false)",
            "pnpm run"},
    Manager{"yarn.lock", "(yarn install --frozen-lockfile --production=false || yarn install)",
            "yarn run"},
    Manager{"bun.lockb", "(bun install --frozen-lockfile || bun install)", "bun run"},
    Manager{"bun.lock", "(bun install --frozen-lockfile || bun install)", "bun run"},
    Manager{"package-lock.json",
            "(npm ci --include=dev --no-audit --no-fund || "
            "npm install --include=dev --no-audit --no-fund)",
            "npm run"},
    Manager{"npm-shrinkwrap.json",
            "(npm ci --include=dev --no-audit --no-fund || "
            "npm install --include=dev --no-audit --no-fund)",
            "npm run"},
    Manager{"", "npm install --include=dev --no-audit --no-fund", "npm run"},
};

const Manager& manager_of(const Project& project) {
  return *std::ranges::find_if(managers, [&](const Manager& manager) {
    return *manager.lock == 0 || project.has(manager.lock);
  });
}

Place script_place(const Project& project, const std::string& name) {
  return project.place_of(manifest, "\"" + name + "\"", "\"scripts\"");
}

// The file that a word of the command line means: Node takes a folder, or a name without ending.
std::string file_of(const Project& project, std::string word) {
  if (word.starts_with("./")) word.erase(0, 2);
  if (word.empty() || word == ".") word = "index";
  return project.first_of({word, word + ".js", word + ".mjs", word + ".cjs", word + ".ts",
                           word + "/index.js", word + "/index.mjs", word + "/server.js"});
}

bool is_watcher(const std::string& word) {
  return word == "--watch" || word == "watch" || word.starts_with("--inspect");
}

// `node` instead of what restarts it, the program of a dependency by its path.
void make_plain(const Project& project, std::vector<std::string>& words, Draft& draft) {
  if (words.front() == "nodemon" || words.front() == "node-dev" || words.front() == "supervisor") {
    draft.notes.push_back(
        fmt::format("the script starts the server by {}, which starts it anew "
                    "when files change: node is started instead",
                    words.front()));
    words.front() = "node";
  }
  words.erase(std::remove_if(words.begin(), words.end(), is_watcher), words.end());
  const std::string& program = words.front();
  static const std::set<std::string> runtimes{"node", "bun", "deno", "npm", "yarn", "pnpm", "npx"};
  if (program == "npx" && words.size() > 1) words.erase(words.begin());
  if (!runtimes.contains(words.front()) && words.front().find('/') == std::string::npos)
    words.front() = bin(words.front());
  static_cast<void>(project);
}

bool take_script(const Project& project, const std::string& name, Draft& draft) {
  const std::string line = script(project, name);
  if (line.empty()) return false;
  const std::string why =
      fmt::format("the script \"{}\" in {}", name, script_place(project, name).text());
  CommandLine split = split_line(line);
  if (split.words.empty()) {
    draft.start = {CommandText(std::string(manager_of(project).run) + " " + name), why};
    return true;
  }
  make_plain(project, split.words, draft);
  for (const auto& [variable, value] : split.env) draft.env[variable] = {value, why};
  draft.start = {CommandText(split.words), why};
  return true;
}

// What a program that serves has somewhere; a library's "main" has it nowhere.
constexpr const char* serves =
    R"x(\.listen\s*\(|\b[Ss]erver?\s*\(|create(?:Secure|Http2?)?Server|process\.env\.PORT)x";

bool take_file(const Project& project, Draft& draft) {
  const auto package = project.json(manifest);
  const std::string main = package.is_object() ? package.value("main", "") : "";
  std::string file = main.empty() ? "" : file_of(project, main);
  std::string why = fmt::format("\"main\" in {}", project.place_of(manifest, "\"main\"").text());
  if (!file.empty() && draft.ecosystem == "node" &&
      !project.find_in(node_sources(project, draft), serves)) {
    draft.notes.push_back(
        fmt::format("{} ({}) is what other programs take of this package, and nothing here "
                    "listens: write the command of a program that serves it as subject.start",
                    file, why));
    return false;
  }
  if (file.empty()) {
    file =
        project.first_of({"server.js", "server.mjs", "app.js", "app.mjs", "index.js", "index.mjs",
                          "main.js", "src/server.js", "src/index.js", "src/app.js", "bin/www"});
    why = "its name";
  }
  if (file.empty()) return false;
  draft.start = {CommandText{"node", file}, why};
  return true;
}

}  // namespace

std::optional<Place> dependency(const Project& project, std::string_view package) {
  const auto json = project.json(manifest);
  if (!json.is_object()) return std::nullopt;
  for (const char* kind : {"dependencies", "devDependencies"}) {
    const auto found = json.find(kind);
    if (found != json.end() && found->is_object() && found->contains(package))
      return project.place_of(manifest, fmt::format("\"{}\"", package),
                              fmt::format("\"{}\"", kind));
  }
  return std::nullopt;
}

std::string script(const Project& project, const std::string& name) {
  const auto json = project.json(manifest);
  if (!json.is_object() || !json.contains("scripts") || !json["scripts"].is_object()) return "";
  const auto found = json["scripts"].find(name);
  return found != json["scripts"].end() && found->is_string() ? found->get<std::string>() : "";
}

std::string bin(const std::string& name) {
  return "node_modules/.bin/" + name;
}

void guess_node_build(const Project& project, Draft& draft) {
  const auto json = project.json(manifest);
  const Manager& manager = manager_of(project);
  const auto has_some = [&](const char* kind) {
    return json.is_object() && json.contains(kind) && !json[kind].empty();
  };
  if (has_some("dependencies") || has_some("devDependencies"))
    draft.install = {manager.install, "node_modules",
                     *manager.lock == 0 ? "package.json, without a lock file" : manager.lock};
  for (const char* name : {"build", "compile", "build:ts"})
    if (!script(project, name).empty()) {
      draft.build = {
          std::string(manager.run) + " " + name,
          fmt::format("the script \"{}\" in {}", name, script_place(project, name).text())};
      return;
    }
}

void guess_node_start(const Project& project, Draft& draft,
                      const std::vector<std::string>& scripts) {
  for (const std::string& name : scripts)
    if (take_script(project, name, draft)) return;
  take_file(project, draft);
}

std::vector<std::string> node_sources(const Project& project, const Draft& draft) {
  std::vector<std::string> files;
  if (draft.start.value.is_array())
    for (const auto& word : draft.start.value)
      if (std::string file = file_of(project, word.get<std::string>());
          !file.empty() && word != "node" && word != ".")
        files.push_back(std::move(file));
  for (std::string& file : project.sources({".js", ".mjs", ".cjs", ".ts", ".mts"}))
    if (std::ranges::find(files, file) == files.end() && !file.ends_with(".d.ts") &&
        file.find(".config.") == std::string::npos && file.find("public/") == std::string::npos)
      files.push_back(std::move(file));
  return files;
}

void guess_node(const Project& project, Draft& draft) {
  guess_node_build(project, draft);
  guess_node_start(project, draft);
  const auto files = node_sources(project, draft);
  guess_port(project, files, draft);
  guess_routes(project, files, draft);
}

}  // namespace leakbisect::init
