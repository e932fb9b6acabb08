// Files of Node projects that can be switched off as they lie in their folders.

#include "init/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace leakbisect::init {
namespace {

constexpr std::array component_folders{"components", "app/components", "src/components",
                                       "src/lib/components"};

// A file's name as a glob that fits it alone.
std::string escaped(const std::string& file) {
  std::string glob;
  for (const char c : file) {
    if (std::string_view("*?[]{}\\").find(c) != std::string_view::npos) glob += '\\';
    glob += c;
  }
  return glob;
}

// A component that others import by name cannot be replaced by a default export alone.
bool exports_names(const Project& project, const std::string& file) {
  for (const Match& match : project.find_all(file, R"x(\bexport\s+(\w+))x"))
    if (match.groups[1] != "default") return true;
  return !project.find(file, R"x(\bexport\s+default\b)x").has_value();
}

}  // namespace

void add_glob(const Project& project, Draft& draft, const std::string& folder,
              const std::string& ending, const nlohmann::json& off,
              const std::vector<std::string>& except) {
  std::size_t count = 0;
  for (const std::string& file : project.sources({ending}))
    if (file.starts_with(folder + "/") && std::ranges::find(except, file) == except.end()) ++count;
  if (count == 0) return;
  ComponentGuess component;
  component.entry = {{"glob", folder + "/**/*" + ending}, {"off", off}};
  for (const std::string& file : except) component.entry["except"].push_back(escaped(file));
  component.why = fmt::format("{} file{} in {}/", count, count == 1 ? "" : "s", folder);
  component.units = count;
  draft.components.push_back(std::move(component));
}

nlohmann::json empty_vue() {
  return {{"replace", "<template><i/></template>"}};
}

void add_vue_components(const Project& project, Draft& draft) {
  for (const char* folder : component_folders)
    add_glob(project, draft, folder, ".vue", empty_vue());
}

void add_react_components(const Project& project, Draft& draft) {
  for (const char* folder : component_folders)
    for (const char* ending : {".jsx", ".tsx", ".js"}) {
      std::vector<std::string> except;
      std::size_t all = 0;
      for (const std::string& file : project.sources({ending})) {
        if (!file.starts_with(std::string(folder) + "/")) continue;
        ++all;
        if (exports_names(project, file)) except.push_back(file);
      }
      if (all > except.size())
        add_glob(project, draft, folder, ending,
                 {{"replace", "export default function Off() { return null; }\n"}}, except);
    }
}

}  // namespace leakbisect::init
