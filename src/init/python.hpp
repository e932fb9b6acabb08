#pragma once

// What Python projects have in common: the interpreter, and how the modules that they need come to
// it. The frameworks' own files add the rest.

#include "init/draft.hpp"
#include "init/project.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::init {

/// Where a requirement is named (requirements, pyproject, Pipfile, setup), or a source imports it.
std::optional<Place> python_requirement(const Project& project, std::string_view package);

/// Fills `install` unless this host's python3 has `modules` already; the interpreter's path.
std::string guess_python(const Project& project, const std::vector<std::string>& modules,
                         Draft& draft);

/// "shop/app.py" as a module: "shop.app".
std::string module_of(std::string file);

/// The interpreter runs `-m` and these words. A Procfile is asked first; false when it knew.
bool start_module(const Project& project, const std::string& interpreter,
                  std::vector<std::string> words, const std::string& why, Draft& draft);

/// Adds the routes that decorators name, those of blueprints and routers with the prefixes that
/// they stand below, and `ready`. A route whose prefix cannot be read is left out.
void guess_python_routes(const Project& project, const std::vector<std::string>& files,
                         Draft& draft);

}  // namespace leakbisect::init
