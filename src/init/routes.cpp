#include "init/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace leakbisect::init {
namespace {

constexpr std::size_t most_requests = 12;

// The path is the last group that matched.
constexpr std::array route_expressions{
    // Express, Koa's router, Fastify; cpp-httplib; gin, echo, chi
    R"x(\b(?:app|server|svr|srv|fastify|api|router|r|e|http)(?:\.|->)(?:get|Get|GET|all|Handle|HandleFunc)\(\s*R?["'`(]+(/[^"'`)\s]*)["'`)])x",
    // Flask, FastAPI, Bottle
    R"x(@(?:app|api|application)\.(?:route|get)\(\s*["'](/[^"']*)["'])x",
    // plain servers: req.url === "/x", self.path == "/x", path == "/x"
    R"x((?:url|path|pathname|target|uri|Path)(?:\(\))?\s*={2,3}\s*["'`](/[^"'`\s]*)["'`])x",
    R"x((?:url|path|pathname|target)\.(?:startsWith|startswith|starts_with|rfind)\(\s*["'`](/[^"'`\s]*)["'`])x",
    // Go's mux, Crow, axum, actix, Rocket
    R"x((?:HandleFunc|Handle|CROW_ROUTE|route)\(\s*(?:\w+\s*,\s*)?"(?:GET )?(/[^"\s]*)")x",
    R"x(#\[get\(\s*"(/[^"\s]*)")x",
    // Sinatra and Rails, Laravel and Slim, Spring and JAX-RS
    R"x(^\s*get\s+["'](/[^"'\s]*)["'])x",
    R"x((?:Route::get|\$app->get)\(\s*["'](/[^"'\s]*)["'])x",
    R"x(@GetMapping\(\s*(?:value\s*=\s*|path\s*=\s*)?"(/[^"\s]*)")x",
};

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace

std::string with_numbers(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    const char close = c == '<' ? '>' : c == '{' ? '}' : c == '[' ? ']' : 0;
    if (close != 0) {
      const auto end = path.find(close, i);
      if (end == std::string_view::npos) return "";
      const auto inside = path.substr(i + 1, end - i - 1);
      if (inside.find("...") != std::string_view::npos) return "";
      out += "{n}";
      i = end;
    } else if (c == ':' && i > 0 && path[i - 1] == '/') {
      while (i + 1 < path.size() && is_name(path[i + 1])) ++i;
      out += "{n}";
    } else if (std::string_view("*()?+^$\\ |").find(c) != std::string_view::npos) {
      return "";
    } else {
      out += c;
    }
  }
  return out;
}

void add_request(Draft& draft, std::string_view given, const std::string& why) {
  const std::string path = with_numbers(given);
  const bool is_there = std::ranges::any_of(
      draft.requests, [&](const auto& request) { return request.value.path == path; });
  if (path.empty() || path.front() != '/' || is_there || draft.requests.size() >= most_requests)
    return;
  Guess<config::HttpRequest> request;
  request.value.path = path;
  request.why = why;
  draft.requests.push_back(std::move(request));
}

void choose_ready(Draft& draft) {
  if (!draft.ready.value.empty()) return;
  const auto take = [&](const std::string& path, const std::string& why) {
    draft.ready = {path, why};
  };
  for (const char* health : {"/healthz", "/health", "/ready", "/readyz", "/ping", "/status"})
    for (const auto& request : draft.requests)
      if (request.value.path.ends_with(health)) return take(request.value.path, request.why);
  for (const auto& request : draft.requests)
    if (request.value.path == "/") return take("/", request.why);
  for (const auto& request : draft.requests)
    if (request.value.path.find('{') == std::string::npos)
      return take(request.value.path, request.why);
  take("/", "any answer below 500 will do");
}

void guess_routes(const Project& project, const std::vector<std::string>& files, Draft& draft) {
  for (const std::string& file : files)
    for (const char* expression : route_expressions)
      for (const Match& match : project.find_all(file, expression, {"\"/", "'/", "`/"}))
        add_request(draft, match.groups.back(), fmt::format("a route in {}", match.place.text()));
  choose_ready(draft);
}

}  // namespace leakbisect::init
