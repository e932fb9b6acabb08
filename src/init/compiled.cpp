// Cargo and Go modules.

#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"

#include <fmt/format.h>

namespace leakbisect::init {

std::optional<Place> see_cargo(const Project& project) {
  if (!project.has("Cargo.toml")) return std::nullopt;
  return Place{"Cargo.toml", 0};
}

void guess_cargo(const Project& project, Draft& draft) {
  draft.build = {
      project.has("Cargo.lock") ? "cargo build --release --locked" : "cargo build --release",
      "Cargo.toml"};
  // [[bin]] comes before the package's own name where it is given.
  const auto bin_place = project.place_of("Cargo.toml", "name", "[[bin]]");
  std::optional<Match> name;
  for (const Match& match : project.find_all("Cargo.toml", R"x(^\s*name\s*=\s*"([^"]+)")x"))
    if (!name || match.place.line == bin_place.line) name = match;
  const bool has_program = project.has("src/main.rs") || bin_place.line > 0;
  if (name && has_program)
    draft.start = {CommandText{"target/release/" + name->groups[1]}, name->place.text()};
  const auto files = project.sources({".rs"});
  guess_port(project, files, draft);
  guess_routes(project, files, draft);
}

std::optional<Place> see_go(const Project& project) {
  if (!project.has("go.mod")) return std::nullopt;
  return Place{"go.mod", 0};
}

void guess_go(const Project& project, Draft& draft) {
  const auto files = project.sources({".go"});
  std::optional<Match> main;
  for (const std::string& file : files) {
    const auto found = project.find(file, R"x(^func\s+main\(\))x");
    if (!found) continue;
    const bool serves =
        project.find(file, R"x(ListenAndServe|net\.Listen|\.Run\(|\.Listen\()x").has_value();
    if (!main || serves) main = found;
    if (serves) break;
  }
  if (main) {
    const auto slash = main->place.file.rfind('/');
    const std::string package =
        slash == std::string::npos ? "." : "./" + main->place.file.substr(0, slash);
    draft.build = {"go build -o leakbisect-server " + package, "go.mod"};
    draft.start = {CommandText{"./leakbisect-server"}, "func main in " + main->place.text()};
  }
  guess_port(project, files, draft);
  guess_routes(project, files, draft);
}

}  // namespace leakbisect::init
