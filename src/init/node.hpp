#pragma once

// What all projects with a package.json have in common: the package manager, the build script, the
// start script as the process that it runs. The frameworks' own files add the rest.

#include "init/draft.hpp"
#include "init/project.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::init {

/// Where package.json names `package` as a dependency; nothing when it does not.
std::optional<Place> dependency(const Project& project, std::string_view package);

/// A script of package.json; "" when there is none.
std::string script(const Project& project, const std::string& name);

/// What runs a program of the dependencies: "node_modules/.bin/NAME".
std::string bin(const std::string& name);

/// The install command by the lock file, and `build` by the script of that name.
void guess_node_build(const Project& project, Draft& draft);

/// The start command: of these scripts the first that is there, without what watches files and
/// starts anew; else the file that "main" names, or one with a usual name.
void guess_node_start(const Project& project, Draft& draft,
                      const std::vector<std::string>& scripts = {"start:prod", "start", "serve",
                                                                 "preview", "dev"});

/// Sources, the file that is started first.
std::vector<std::string> node_sources(const Project& project, const Draft& draft);

/// All of the above, the port and the routes.
void guess_node(const Project& project, Draft& draft);

/// Every file below `folder` that ends so and that the rest can live without, as one entry with a
/// glob: switched off by `off`. Nothing is added for fewer than one file.
void add_glob(const Project& project, Draft& draft, const std::string& folder,
              const std::string& ending, const nlohmann::json& off,
              const std::vector<std::string>& except = {});

/// What stands in for a component: Vue's, React's.
nlohmann::json empty_vue();

/// Vue components below these folders, wherever they are.
void add_vue_components(const Project& project, Draft& draft);

/// React components below these folders that are default exports and nothing else.
void add_react_components(const Project& project, Draft& draft);

}  // namespace leakbisect::init
