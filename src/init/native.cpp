// CMake, the autotools and Make: programs that listen.

#include "init/command_line.hpp"
#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::init {
namespace {

const std::vector<std::string> native_endings{".c", ".cc", ".cpp", ".cxx", ".h", ".hpp"};

// What a program that serves calls.
constexpr const char* listens =
    R"x(\blisten\s*\(|httplib::|acceptor|\bCROW_|crow::|MHD_start_daemon|evhttp_|mg_http_listen|drogon|Pistache|uWS::|restinio|oatpp)x";

std::string folder_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

struct Program {
  std::string name;
  Place place;
  std::vector<std::string> files;
  bool serves = false;
};

// The words up to the closing bracket, over several lines.
std::vector<std::string> arguments_after(const std::string& text, std::size_t from) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = from; i < text.size() && text[i] != ')'; ++i) {
    const bool is_space = std::string_view(" \t\r\n\"").find(text[i]) != std::string_view::npos;
    if (!is_space) word += text[i];
    if (is_space && !word.empty()) words.push_back(std::exchange(word, ""));
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

std::vector<Program> programs_of(const Project& project) {
  std::vector<Program> programs;
  for (const std::string& file : project.sources({"CMakeLists.txt"})) {
    const std::string& text = project.text(file);
    for (auto at = text.find("add_executable("); at != std::string::npos;
         at = text.find("add_executable(", at + 1)) {
      const auto words = arguments_after(text, at + std::string_view("add_executable(").size());
      if (words.empty() || words[0].find("test") != std::string::npos) continue;
      Program program{words[0], {file, 0}, {}};
      program.place.line =
          1 + static_cast<std::size_t>(
                  std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
      if (program.name == "${PROJECT_NAME}")
        if (const auto named = project.find("CMakeLists.txt", R"x(project\(\s*([\w.-]+))x"))
          program.name = named->groups[1];
      for (std::size_t i = 1; i < words.size(); ++i)
        if (project.has(folder_of(file) + words[i]))
          program.files.push_back(folder_of(file) + words[i]);
      if (program.files.empty()) program.files = project.sources(native_endings);
      program.serves = project.find_in(program.files, listens).has_value();
      if (program.name.find('$') == std::string::npos) programs.push_back(std::move(program));
    }
  }
  return programs;
}

// Where the generator puts programs, below the build folder.
std::string runtime_folder(const Project& project, const std::string& list) {
  const auto set =
      project.find_in({"CMakeLists.txt", list},
                      R"x(RUNTIME_OUTPUT_DIRECTORY\s+"?\$\{\w*BINARY_DIR\}/?([\w/.-]*))x");
  if (!set) return folder_of(list);
  return set->groups[1].empty() ? "" : set->groups[1] + "/";
}

// What makes a `configure` that is not there, and runs it: a script of the project's own may do
// both.
std::string configured(const Project& project) {
  if (project.has("configure")) return "./configure";
  const std::string script =
      project.first_of({"autogen.sh", "bootstrap", "bootstrap.sh", "buildconf"});
  if (script.empty()) return "autoreconf -fi && ./configure";
  const bool runs_it = project.find(script, R"x(/configure\b.*\$[@*{])x").has_value();
  return "./" + script + (runs_it ? "" : " && ./configure");
}

// The programs that Makefile.am installs; those that stay in the tree come last.
std::vector<Program> automake_programs(const Project& project) {
  std::vector<Program> programs;
  for (const char* kind : {"s?bin", "(?:libexec|noinst)"})
    for (const std::string& file : project.sources({"Makefile.am"}))
      for (const Match& match :
           project.find_all(file, fmt::format(R"x(^\s*{}_PROGRAMS\s*\+?=\s*([\w./-]+))x", kind),
                            {"_PROGRAMS"})) {
        Program program{match.groups[1], match.place, {}};
        for (const std::string& source : project.sources(native_endings))
          if (folder_of(source) == folder_of(file)) program.files.push_back(source);
        program.serves = project.find_in(program.files, listens).has_value();
        programs.push_back(std::move(program));
      }
  return programs;
}

}  // namespace

std::optional<Place> see_cmake(const Project& project) {
  if (!project.has("CMakeLists.txt")) return std::nullopt;
  return Place{"CMakeLists.txt", 0};
}

void guess_cmake(const Project& project, Draft& draft) {
  draft.build = {"cmake -S . -B build -DCMAKE_BUILD_TYPE=RelWithDebInfo && cmake --build build -j2",
                 "CMakeLists.txt"};
  const auto programs = programs_of(project);
  auto chosen = std::ranges::find_if(programs, [](const auto& program) { return program.serves; });
  if (chosen == programs.end()) chosen = programs.begin();
  if (chosen == programs.end()) return;
  draft.start = {CommandText{"build/" + runtime_folder(project, chosen->place.file) + chosen->name},
                 "add_executable in " + chosen->place.text()};
  const auto servers = std::ranges::count_if(programs, [](const auto& p) { return p.serves; });
  if (servers != 1)
    draft.notes.push_back(
        fmt::format("{} programs of CMakeLists.txt look like servers; {} was "
                    "taken",
                    servers, chosen->name));
  auto files = chosen->files;
  for (const std::string& file : project.sources(native_endings))
    if (std::ranges::find(files, file) == files.end()) files.push_back(file);
  guess_port(project, files, draft);
  guess_routes(project, files, draft);
}

std::optional<Place> see_autotools(const Project& project) {
  const std::string file = project.first_of({"configure.ac", "configure.in", "configure"});
  return file.empty() ? std::nullopt : std::optional<Place>({file, 0});
}

void guess_autotools(const Project& project, Draft& draft) {
  draft.build = {configured(project) + " && make -j2", see_autotools(project)->file};
  const auto programs = automake_programs(project);
  auto chosen = std::ranges::find_if(programs, [](const auto& program) { return program.serves; });
  if (chosen == programs.end()) chosen = programs.begin();
  if (chosen == programs.end()) return;
  draft.start = {CommandText{"./" + folder_of(chosen->place.file) + chosen->name},
                 "a program of " + chosen->place.text()};
  draft.notes.push_back(
      "many servers that are built so read a configuration and go to the background: see that "
      "subject.start names the one and keeps it in the foreground");
  guess_port(project, project.sources(native_endings), draft);
  guess_routes(project, project.sources(native_endings), draft);
}

std::optional<Place> see_make(const Project& project) {
  const std::string file = project.first_of({"Makefile", "makefile", "GNUmakefile"});
  return file.empty() ? std::nullopt : std::optional<Place>({file, 0});
}

void guess_make(const Project& project, Draft& draft) {
  const std::string file = see_make(project)->file;
  draft.build = {"make -j2", file};
  const std::string& text = project.text(file);
  // The recipe of a target that starts the server, where it is one plain line.
  for (const char* target : {"run", "start", "serve", "server"}) {
    const auto rule = project.find(file, fmt::format(R"x(^{}\s*:[^=]*$)x", target));
    if (!rule) continue;
    std::size_t at = 0;
    for (std::size_t line = 0; line < rule->place.line && at != std::string::npos; ++line)
      at = text.find('\n', at) + 1;
    const std::string recipe = trimmed(std::string_view(text).substr(at, text.find('\n', at) - at));
    const CommandLine split = split_line(recipe.starts_with('@') ? recipe.substr(1) : recipe);
    const bool is_plain = at < text.size() && text[at] == '\t' && !split.words.empty();
    draft.start = {is_plain ? CommandText(split.words) : CommandText{"make", "-s", target},
                   fmt::format("the target {} in {}", target, rule->place.text())};
    break;
  }
  const auto files = project.sources(native_endings);
  if (draft.start.value.is_null()) {
    const auto linked =
        project.find(file, R"x(^(?:PROGRAM|TARGET|BIN|PROG|EXE|NAME)\s*[:?]?=\s*(\S+))x");
    const auto made = project.find(file, R"x(^([\w./-]*(?:server|httpd|serve|d))\s*:)x");
    if (linked)
      draft.start = {CommandText{"./" + linked->groups[1]}, linked->place.text()};
    else if (made)
      draft.start = {CommandText{"./" + made->groups[1]}, made->place.text()};
  }
  guess_port(project, files, draft);
  guess_routes(project, files, draft);
}

}  // namespace leakbisect::init
