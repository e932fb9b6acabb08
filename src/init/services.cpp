// Procfile and systemd units of projects that nothing else recognises.

#include "init/command_line.hpp"
#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"
#include "init/run_files.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

const std::vector<std::string> all_sources{".js", ".mjs", ".ts", ".py",  ".rb",   ".php", ".go",
                                           ".rs", ".c",   ".cc", ".cpp", ".java", ".kt"};

// Paths of the installed server as paths of the project: what lies below its working folder, and
// what has the same name here.
std::string at_home(const Project& project, std::string word, const std::string& installed) {
  if (!installed.empty() && word.starts_with(installed + "/")) word.erase(0, installed.size() + 1);
  if (word.empty() || word.front() != '/') return word;
  std::string name = word.substr(word.rfind('/') + 1);
  if (word.starts_with("/usr/bin/") || word.starts_with("/bin/")) return name;
  return project.has(name) ? "./" + name : word;
}

}  // namespace

std::optional<Place> see_procfile(const Project& project) {
  const auto web = procfile_web(project);
  return web ? std::optional(web->place) : std::nullopt;
}

void guess_procfile(const Project& project, Draft& draft) {
  start_by_procfile(project, draft);
  guess_routes(project, project.sources(all_sources), draft);
}

std::optional<Place> see_systemd(const Project& project) {
  for (const std::string& file : project.sources({".service"}))
    if (const auto start = project.find(file, R"x(^ExecStart=(.+)$)x")) return start->place;
  return std::nullopt;
}

void guess_systemd(const Project& project, Draft& draft) {
  const std::string file = see_systemd(project)->file;
  const auto start = project.find(file, R"x(^ExecStart=[-@:+!]*(.+)$)x");
  const auto folder = project.find(file, R"x(^WorkingDirectory=-?(.+)$)x");
  std::string installed = folder ? trimmed(folder->groups[1]) : "";
  while (installed.ends_with('/')) installed.pop_back();
  static const std::regex port(R"x(\$\{PORT\}|\$PORT\b)x");
  const std::string line = std::regex_replace(trimmed(start->groups[1]), port, "{port}");
  CommandLine split = split_line(line);
  for (std::string& word : split.words) word = at_home(project, word, installed);
  draft.start = {command_of(split, line), start->place.text()};
  for (const Match& set : project.find_all(file, R"x(^Environment="?(\w+)=([^"]*)"?\s*$)x")) {
    if (set.groups[1] == "PORT")
      tell_by_environment(draft, "PORT", set.place.text());
    else
      draft.env[set.groups[1]] = {set.groups[2], set.place.text()};
  }
  const auto files = project.sources(all_sources);
  guess_port(project, files, draft);
  guess_routes(project, files, draft);
}

}  // namespace leakbisect::init
