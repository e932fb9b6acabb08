#include "init/python.hpp"

#include "base/files.hpp"
#include "base/search_path.hpp"
#include "init/command_line.hpp"
#include "init/run_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::init {
namespace {

namespace fs = std::filesystem;

// Folders that hold "python3.x" folders of modules: Debian's, and that of the python3 that would be
// started (a virtual environment's, pyenv's).
std::vector<fs::path> library_folders() {
  std::vector<fs::path> folders{"/usr/lib", "/usr/local/lib"};
  std::error_code failed;
  for (const fs::path& folder : search_path()) {
    const fs::path program = folder / "python3";
    if (!fs::exists(program, failed)) continue;
    // Beside the name on the path (a virtual environment's link) and beside what it leads to.
    folders.push_back(program.parent_path().parent_path() / "lib");
    folders.push_back(fs::weakly_canonical(program, failed).parent_path().parent_path() / "lib");
    // pyenv: the shim stands for the version that a file names.
    const fs::path root = program.parent_path().parent_path();
    std::string version = trimmed(read_if_there(root / "version"));
    version.resize(std::min(version.find('\n'), version.size()));
    if (program.parent_path().filename() == "shims" && !version.empty())
      folders.push_back(root / "versions" / version / "lib");
    break;
  }
  return folders;
}

// Whether python3 of this host would find the module: its folders, without running it.
bool host_has(const std::string& module) {
  std::error_code failed;
  for (const fs::path& base : library_folders())
    for (const auto& entry : fs::directory_iterator(base, failed)) {
      if (!entry.path().filename().string().starts_with("python3")) continue;
      for (const char* folder : {"dist-packages", "site-packages"})
        for (const std::string& name : {module, module + ".py"})
          if (fs::exists(entry.path() / folder / name, failed)) return true;
    }
  return false;
}

std::string requirements_of(const Project& project) {
  return project.first_of({"requirements.txt", "requirements/base.txt",
                           "requirements/production.txt", "requirements/prod.txt"});
}

}  // namespace

std::optional<Place> python_requirement(const Project& project, std::string_view package) {
  const std::string name =
      fmt::format(R"x((?i)(?:^|["'\s]){}(?:\[[\w,]*\])?\s*(?:[=<>~!;"',\s]|$))x", package);
  const Pattern wanted = Pattern::make(name, Pattern::Text::bytes).value();
  for (const std::string& file :
       {requirements_of(project), std::string("pyproject.toml"), std::string("Pipfile"),
        std::string("setup.py"), std::string("setup.cfg")}) {
    std::size_t number = 0;
    std::string line;
    for (const char c : project.text(file) + "\n") {
      if (c != '\n') {
        line += c;
        continue;
      }
      ++number;
      if (line.size() < 300 && !line.starts_with('#') && wanted.is_in(line))
        return Place{file, number};
      line.clear();
    }
  }
  const std::string module(package == "django" ? "django" : package);
  if (auto import = project.find_in(project.sources({".py"}),
                                    fmt::format(R"x(^\s*(?:from|import)\s+{}\b)x", module)))
    return import->place;
  return std::nullopt;
}

std::string guess_python(const Project& project, const std::vector<std::string>& modules,
                         Draft& draft) {
  const bool host_has_all = std::ranges::all_of(modules, host_has);
  const std::string requirements = requirements_of(project);
  const bool is_package = project.has("pyproject.toml") || project.has("setup.py");
  if (host_has_all && (!modules.empty() || (requirements.empty() && !is_package))) {
    if (!modules.empty())
      draft.notes.push_back(fmt::format(
          "this host's python3 has {}, so nothing is installed in the copies that trials run in",
          modules.front()));
    return "python3";
  }
  if (requirements.empty() && !is_package) return "python3";
  draft.install = {"python3 -m venv .venv && .venv/bin/pip install -q " +
                       (requirements.empty() ? std::string(".") : "-r " + requirements),
                   ".venv", requirements.empty() ? "pyproject.toml or setup.py" : requirements};
  return ".venv/bin/python";
}

std::string module_of(std::string file) {
  if (file.ends_with(".py")) file.erase(file.size() - 3);
  if (file.ends_with("/__init__")) file.erase(file.size() - 9);
  std::ranges::replace(file, '/', '.');
  return file.starts_with("src.") ? file.substr(4) : file;
}

bool start_module(const Project& project, const std::string& interpreter,
                  std::vector<std::string> words, const std::string& why, Draft& draft) {
  if (start_by_procfile(project, draft)) {
    // Programs of a virtual environment are run by its interpreter: their first line names a path.
    if (interpreter != "python3" && draft.start.value.is_array()) {
      CommandText start{interpreter};
      const auto program = draft.start.value[0].get<std::string>();
      if (!program.starts_with("python")) start.insert(start.end(), {"-m", program});
      for (std::size_t i = 1; i < draft.start.value.size(); ++i)
        start.push_back(draft.start.value[i]);
      draft.start.value = start;
    }
    return false;
  }
  words.insert(words.begin(), {interpreter, "-m"});
  draft.start = {CommandText(words), why};
  return true;
}

}  // namespace leakbisect::init
