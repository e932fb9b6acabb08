// Ruby (Rails, Sinatra, Rack) and PHP (Laravel, Symfony, plain).

#include "init/command_line.hpp"
#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"
#include "init/run_files.hpp"

#include <fmt/format.h>

namespace leakbisect::init {

std::optional<Place> see_ruby(const Project& project) {
  if (!project.has("Gemfile")) return std::nullopt;
  return Place{"Gemfile", 0};
}

void guess_ruby(const Project& project, Draft& draft) {
  draft.install = {"bundle config set --local path vendor/bundle && bundle install --quiet",
                   "vendor/bundle", "Gemfile"};
  const auto take = [&](CommandText start, const Place& place, const char* how) {
    draft.start = {std::move(start), place.text()};
    told_by_argument(draft, how);
  };
  const auto puma = project.find("Gemfile", R"x(gem\s+['"]puma['"])x");
  const auto rails = project.find("Gemfile", R"x(gem\s+['"]rails['"])x");
  const auto sinatra = project.find_in(project.sources({".rb"}), R"x(require\s+['"]sinatra['"])x");
  if (start_by_procfile(project, draft)) {
    // The Procfile knows best.
  } else if (rails) {
    take(CommandText{"bundle", "exec", "rails", "server", "-b", "127.0.0.1", "-p", "{port}", "-P",
                     "tmp/pids/{port}.pid"},
         rails->place, "rails server takes it as -p");
  } else if (project.has("config.ru") && puma) {
    take(CommandText{"bundle", "exec", "puma", "-b", "tcp://127.0.0.1:{port}"}, puma->place,
         "puma takes it as -b");
  } else if (project.has("config.ru")) {
    take(CommandText{"bundle", "exec", "rackup", "-o", "127.0.0.1", "-p", "{port}"},
         Place{"config.ru", 0}, "rackup takes it as -p");
  } else if (sinatra) {
    take(CommandText{"bundle", "exec", "ruby", sinatra->place.file, "-p", "{port}"}, sinatra->place,
         "Sinatra takes it as -p");
  }
  guess_routes(project, project.sources({".rb"}), draft);
}

std::optional<Place> see_php(const Project& project) {
  for (const char* file : {"composer.json", "public/index.php", "index.php"})
    if (project.has(file)) return Place{file, 0};
  return std::nullopt;
}

void guess_php(const Project& project, Draft& draft) {
  const auto composer = project.json("composer.json");
  if (composer.is_object() && composer.contains("require"))
    draft.install = {"composer install --no-interaction --quiet", "vendor", "composer.json"};
  if (start_by_procfile(project, draft)) {
    // The Procfile knows best.
  } else if (project.has("artisan")) {
    draft.start = {
        CommandText{"php", "artisan", "serve", "--host=127.0.0.1", "--port={port}", "--no-reload"},
        "artisan"};
    told_by_argument(draft, "artisan serve takes it");
  } else {
    const std::string front = project.first_of({"public/index.php", "web/index.php", "index.php"});
    if (!front.empty()) {
      CommandText start{"php", "-S", "127.0.0.1:{port}"};
      const auto slash = front.rfind('/');
      if (slash != std::string::npos)
        start.insert(start.end(), {"-t", front.substr(0, slash), front});
      draft.start = {start, front};
      told_by_argument(draft, "php -S takes it");
      draft.notes.push_back(
          "PHP's own server forgets all variables after each request, as FPM does: what grows "
          "there "
          "is an extension, OPcache or APCu");
    }
  }
  guess_routes(project, project.sources({".php"}), draft);
}

}  // namespace leakbisect::init
