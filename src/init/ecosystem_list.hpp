#pragma once

// What the ecosystems' files have for the table in ecosystems.cpp: a pair of functions each.

#include "init/ecosystem.hpp"

namespace leakbisect::init {

std::optional<Place> see_nest(const Project& project);
std::optional<Place> see_nuxt(const Project& project);
std::optional<Place> see_next(const Project& project);
std::optional<Place> see_vite_ssr(const Project& project);
std::optional<Place> see_fastify(const Project& project);
std::optional<Place> see_koa(const Project& project);
std::optional<Place> see_express(const Project& project);
std::optional<Place> see_node(const Project& project);
std::optional<Place> see_django(const Project& project);
std::optional<Place> see_fastapi(const Project& project);
std::optional<Place> see_flask(const Project& project);
std::optional<Place> see_python(const Project& project);
std::optional<Place> see_go(const Project& project);
std::optional<Place> see_cargo(const Project& project);
std::optional<Place> see_maven(const Project& project);
std::optional<Place> see_gradle(const Project& project);
std::optional<Place> see_ruby(const Project& project);
std::optional<Place> see_php(const Project& project);
std::optional<Place> see_cmake(const Project& project);
std::optional<Place> see_autotools(const Project& project);
std::optional<Place> see_procfile(const Project& project);
std::optional<Place> see_systemd(const Project& project);
std::optional<Place> see_make(const Project& project);
std::optional<Place> see_compose(const Project& project);
std::optional<Place> see_dockerfile(const Project& project);

void guess_nest(const Project& project, Draft& draft);
void guess_nuxt(const Project& project, Draft& draft);
void guess_next(const Project& project, Draft& draft);
void guess_vite_ssr(const Project& project, Draft& draft);
void guess_fastify(const Project& project, Draft& draft);
void guess_koa(const Project& project, Draft& draft);
void guess_express(const Project& project, Draft& draft);
void guess_plain_node(const Project& project, Draft& draft);
void guess_django(const Project& project, Draft& draft);
void guess_fastapi(const Project& project, Draft& draft);
void guess_flask(const Project& project, Draft& draft);
void guess_plain_python(const Project& project, Draft& draft);
void guess_go(const Project& project, Draft& draft);
void guess_cargo(const Project& project, Draft& draft);
void guess_maven(const Project& project, Draft& draft);
void guess_gradle(const Project& project, Draft& draft);
void guess_ruby(const Project& project, Draft& draft);
void guess_php(const Project& project, Draft& draft);
void guess_cmake(const Project& project, Draft& draft);
void guess_autotools(const Project& project, Draft& draft);
void guess_procfile(const Project& project, Draft& draft);
void guess_systemd(const Project& project, Draft& draft);
void guess_make(const Project& project, Draft& draft);
void guess_compose(const Project& project, Draft& draft);
void guess_dockerfile(const Project& project, Draft& draft);

}  // namespace leakbisect::init
