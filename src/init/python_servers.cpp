// Flask, Django, FastAPI and plain Python servers.

#include "init/command_line.hpp"
#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/python.hpp"
#include "init/routes.hpp"
#include "init/run_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace leakbisect::init {
namespace {

// The file that is started comes first.
std::vector<std::string> python_sources(const Project& project, const std::string& first) {
  auto files = project.sources({".py"});
  std::stable_partition(files.begin(), files.end(),
                        [&](const std::string& file) { return file == first; });
  return files;
}

// Folders of what is beside a server: a script there that runs by itself is seldom the server.
bool is_aside(const std::string& file) {
  static const std::array folders{"tools/", "scripts/", "docs/",  "doc/", "bench/", "benchmarks/",
                                  "ci/",    "contrib/", "utils/", "bin/", "misc/"};
  return std::ranges::any_of(folders, [&](const char* folder) {
    return file.starts_with(folder) || file.find("/" + std::string(folder)) != std::string::npos;
  });
}

// A file that runs by itself, where nothing better is known: one that serves before others.
std::optional<Match> own_main(const Project& project) {
  constexpr const char* serves =
      R"x(\b(?:serve_forever|run_app|run_simple|uvicorn\.run|asyncio\.run|start_server|create_server)\()x";
  std::vector<std::string> near;
  std::vector<std::string> serving;
  for (const std::string& file : project.sources({".py"})) {
    const bool does = project.find(file, serves).has_value();
    if (does) serving.push_back(file);
    if (does || !is_aside(file)) near.push_back(file);
  }
  constexpr const char* main = R"x(__name__\s*==\s*['"]__main__['"])x";
  if (auto found = project.find_in(serving, main)) return found;
  if (auto found = project.find_in(near, main)) return found;
  return project.find_in(serving, R"x(\b(?:serve_forever|run_app|uvicorn\.run|asyncio\.run)\()x");
}

void start_file(const Project& project, const std::string& interpreter, Draft& draft) {
  if (start_by_procfile(project, draft)) return;
  const auto main = own_main(project);
  std::string file = main ? main->place.file : "";
  if (file.empty())
    file = project.first_of({"server.py", "app.py", "main.py", "run.py", "src/main.py"});
  if (file.empty()) return;
  CommandText start{interpreter, file};
  // A package that runs as a module: its imports go by the package's name.
  if (const auto folder = file.rfind("/__main__.py"); folder != std::string::npos)
    start = CommandText{interpreter, "-m", module_of(file.substr(0, folder))};
  draft.start = {std::move(start), main ? "it runs by itself: " + main->place.text() : "its name"};
  guess_port(project, python_sources(project, file), draft);
}

}  // namespace

std::optional<Place> see_flask(const Project& project) {
  return python_requirement(project, "flask");
}

void guess_flask(const Project& project, Draft& draft) {
  const std::string python = guess_python(project, {"flask"}, draft);
  const auto files = project.sources({".py"});
  const auto made = project.find_in(files, R"x(\b(\w+)\s*=\s*Flask\()x");
  const auto factory = project.find_in(files, R"x(^def\s+(create_app|make_app)\()x");
  const auto& found = factory ? factory : made;
  if (found) {
    const std::string application = module_of(found->place.file) + ":" + found->groups[1];
    if (start_module(
            project, python,
            {"flask", "--app", application, "run", "--host", "127.0.0.1", "--port", "{port}"},
            "the application made in " + found->place.text(), draft))
      told_by_argument(draft, "flask run takes it");
  } else {
    start_file(project, python, draft);
  }
  guess_python_routes(project, files, draft);
}

std::optional<Place> see_django(const Project& project) {
  if (!project.has("manage.py")) return std::nullopt;
  auto place = python_requirement(project, "django");
  return place ? place : std::optional<Place>({"manage.py", 0});
}

void guess_django(const Project& project, Draft& draft) {
  const std::string python = guess_python(project, {"django"}, draft);
  if (!start_by_procfile(project, draft)) {
    draft.start = {CommandText{python, "manage.py", "runserver", "--noreload", "127.0.0.1:{port}"},
                   "manage.py"};
    told_by_argument(draft, "runserver takes it");
    draft.notes.push_back(
        "runserver is Django's server for development: with DEBUG = True each query is kept in "
        "memory until the request ends; set DEBUG = False, or start what production starts");
  }
  for (const std::string& file : project.sources({"urls.py"}))
    for (const Match& path : project.find_all(file, R"x(\bpath\(\s*['"]([^'"]*)['"])x"))
      if (path.groups[0].find("admin") == std::string::npos)
        add_request(draft, "/" + path.groups[1], "a path in " + path.place.text());
  choose_ready(draft);
}

std::optional<Place> see_fastapi(const Project& project) {
  for (const char* package : {"fastapi", "starlette"})
    if (auto place = python_requirement(project, package)) return place;
  return std::nullopt;
}

void guess_fastapi(const Project& project, Draft& draft) {
  const std::string python = guess_python(project, {"fastapi", "uvicorn"}, draft);
  const auto files = project.sources({".py"});
  const auto made = project.find_in(files, R"x(\b(\w+)\s*=\s*(?:FastAPI|Starlette)\()x");
  if (!made) {
    start_file(project, python, draft);
  } else if (start_module(project, python,
                          {"uvicorn", module_of(made->place.file) + ":" + made->groups[1], "--host",
                           "127.0.0.1", "--port", "{port}"},
                          "the application made in " + made->place.text(), draft)) {
    if (made->place.file.starts_with("src/"))
      draft.start.value.insert(draft.start.value.end(), {"--app-dir", "src"});
    told_by_argument(draft, "uvicorn takes it");
  }
  guess_python_routes(project, files, draft);
}

std::optional<Place> see_python(const Project& project) {
  for (const char* file : {"requirements.txt", "pyproject.toml", "Pipfile", "setup.py"})
    if (project.has(file)) return Place{file, 0};
  for (const char* file : {"server.py", "app.py", "main.py"})
    if (project.has(file)) return Place{file, 0};
  return std::nullopt;
}

void guess_plain_python(const Project& project, Draft& draft) {
  const std::string python = guess_python(project, {}, draft);
  start_file(project, python, draft);
  guess_routes(project, project.sources({".py"}), draft);
}

}  // namespace leakbisect::init
