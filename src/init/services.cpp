// Procfile and systemd units of projects that nothing else recognises.

#include "init/command_line.hpp"
#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"
#include "init/run_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

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

// A program of an installation: no commit changes it.
bool is_elsewhere(const Project& project, const std::vector<std::string>& words) {
  return !words.empty() && words.front().starts_with('/') &&
         std::ranges::none_of(words, [&](const std::string& word) { return project.has(word); });
}

// Where a makefile here makes a program of this name: "./src/proxyd", and the line that says so.
std::optional<std::pair<std::string, Place>> made_here(const Project& project,
                                                       const std::string& name) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  };
  if (name.empty() || !std::ranges::all_of(name, is_plain)) return std::nullopt;
  const std::string expression = fmt::format(R"x(^{0}\s*:|=\s*{0}(?:[^\w.-]|$))x", name);
  for (const std::string& file : project.sources({"Makefile", "makefile"}))
    if (const auto match = project.find(file, expression)) {
      const std::string folder = file.substr(0, file.rfind('/') + 1);
      return std::pair(fmt::format("./{}{}", folder, name), match->place);
    }
  return std::nullopt;
}

// The program that an installation starts, as it is made here; else none, with a note.
void start_what_is_made(const Project& project, CommandLine split, const Place& place,
                        Draft& draft) {
  const std::string installed = split.words.front();
  const std::string name = installed.substr(installed.rfind('/') + 1);
  if (const auto made = made_here(project, name)) {
    split.words.front() = made->first;
    std::erase_if(split.words, [](const std::string& word) { return word.starts_with('/'); });
    draft.start = {CommandText(split.words),
                   fmt::format("{}, made by {}", place.text(), made->second.text())};
    if (project.has("Makefile")) draft.build = {"make -j2", "Makefile"};
    return;
  }
  draft.notes.push_back(fmt::format(
      "{} starts the installed {}, which nothing here changes: write the program that is built "
      "here as subject.start",
      place.text(), installed));
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
  const std::string line = with_port(trimmed(start->groups[1]));
  CommandLine split = split_line(line);
  for (std::string& word : split.words) word = at_home(project, word, installed);
  if (is_elsewhere(project, split.words))
    start_what_is_made(project, std::move(split), start->place, draft);
  else
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
