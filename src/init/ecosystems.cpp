#include "init/ecosystem.hpp"
#include "init/ecosystem_list.hpp"

#include <array>

namespace leakbisect::init {
namespace {

// Frameworks stand before the language that they are written in, and programs before containers of
// them: what runs without an engine is measured more simply.
constexpr std::array table{
    Ecosystem{"nest", "`@nestjs/core` in package.json", see_nest, guess_nest},
    Ecosystem{"nuxt", "`nuxt` in package.json", see_nuxt, guess_nuxt},
    Ecosystem{"next", "`next` in package.json", see_next, guess_next},
    Ecosystem{"vite SSR", "`vite` in package.json and a script with `--ssr`", see_vite_ssr,
              guess_vite_ssr},
    Ecosystem{"fastify", "`fastify` in package.json", see_fastify, guess_fastify},
    Ecosystem{"koa", "`koa` in package.json", see_koa, guess_koa},
    Ecosystem{"express", "`express` in package.json", see_express, guess_express},
    Ecosystem{"node", "package.json, or server.js", see_node, guess_plain_node},
    Ecosystem{"django", "manage.py", see_django, guess_django},
    Ecosystem{"fastapi", "`fastapi` or `starlette` among the requirements or imports", see_fastapi,
              guess_fastapi},
    Ecosystem{"flask", "`flask` among the requirements or imports", see_flask, guess_flask},
    Ecosystem{"python", "requirements.txt, pyproject.toml, Pipfile, setup.py, or server.py",
              see_python, guess_plain_python},
    Ecosystem{"go", "go.mod", see_go, guess_go},
    Ecosystem{"cargo", "Cargo.toml", see_cargo, guess_cargo},
    Ecosystem{"maven", "pom.xml", see_maven, guess_maven},
    Ecosystem{"gradle", "build.gradle, build.gradle.kts", see_gradle, guess_gradle},
    Ecosystem{"ruby", "Gemfile", see_ruby, guess_ruby},
    Ecosystem{"php", "composer.json, public/index.php", see_php, guess_php},
    Ecosystem{"cmake", "CMakeLists.txt", see_cmake, guess_cmake},
    Ecosystem{"autotools", "configure.ac, configure.in, configure", see_autotools, guess_autotools},
    Ecosystem{"procfile", "Procfile with `web:`", see_procfile, guess_procfile},
    Ecosystem{"systemd", "a .service file with `ExecStart=`", see_systemd, guess_systemd},
    Ecosystem{"make", "Makefile", see_make, guess_make},
    Ecosystem{"compose", "compose.yaml, docker-compose.yml", see_compose, guess_compose},
    Ecosystem{"dockerfile", "Dockerfile", see_dockerfile, guess_dockerfile},
};

std::filesystem::path below(const std::filesystem::path& directory, const std::string& folder) {
  return folder == "." ? directory : directory / folder;
}

// The draft of one folder; without an ecosystem when nothing was recognised.
Draft look_in(const std::filesystem::path& directory, const std::string& folder) {
  const Project project(below(directory, folder));
  Draft best;
  for (const Ecosystem& ecosystem : table) {
    const auto place = ecosystem.recognise(project);
    if (!place) continue;
    if (!best.start.value.is_null()) {
      if (place->file == best.seen.file) continue;  // the language of a framework
      best.also.push_back(std::string(ecosystem.name) + " (" + place->text() + ")");
      continue;
    }
    Draft draft;
    draft.ecosystem = ecosystem.name;
    draft.seen = *place;
    ecosystem.guess(project, draft);
    // Without a start the first is kept, unless a later one knows how; what is built stays.
    const auto builds = [](const Draft& one) {
      return !one.build.value.empty() || !one.install.command.empty();
    };
    if (!best.ecosystem.empty() && draft.start.value.is_null()) {
      if (!builds(best)) best.build = draft.build;
      continue;
    }
    if (!builds(draft)) {
      draft.install = best.install;
      draft.build = best.build;
    }
    best = std::move(draft);
  }
  best.folder = folder;
  return best;
}

}  // namespace

std::span<const Ecosystem> ecosystems() {
  return table;
}

Draft look_at(const std::filesystem::path& directory) {
  Draft top = look_in(directory, ".");
  if (!top.start.value.is_null()) return top;
  std::vector<Draft> inside;
  for (const std::string& folder : Project(directory).folders()) {
    Draft draft = look_in(directory, folder);
    if (!draft.start.value.is_null()) inside.push_back(std::move(draft));
  }
  if (inside.empty()) return top;
  Draft chosen = std::move(inside.front());
  for (std::size_t i = 1; i < inside.size(); ++i)
    chosen.notes.push_back("the folder " + inside[i].folder + " holds a server too (" +
                           inside[i].ecosystem + "): leakbisect init " + inside[i].folder +
                           " writes a hunt file for that one");
  return chosen;
}

}  // namespace leakbisect::init
