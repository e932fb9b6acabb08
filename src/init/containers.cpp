// Compose and Dockerfile: somebody else starts the server, and what answers is measured.

#include "base/yaml.hpp"
#include "init/command_line.hpp"
#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"
#include "init/run_files.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

const std::vector<std::string> compose_files{"compose.yaml", "compose.yml", "docker-compose.yaml",
                                             "docker-compose.yml"};

// "127.0.0.1:8080:80/tcp", "8080:80", {"published": 8080}: the port of this host; "" for none.
std::string published(const nlohmann::json& port) {
  if (port.is_object()) {
    if (!port.contains("published")) return "";
    const auto& given = port["published"];
    return given.is_string() ? given.get<std::string>() : given.dump();
  }
  if (!port.is_string()) return "";
  const auto text = port.get<std::string>();
  const auto last = text.rfind(':');
  if (last == std::string::npos) return "";
  // A variable with a default holds a colon as well: "${PORT:-3000}:3000".
  const auto brace = text.rfind('}', last);
  const auto before = text.rfind(':', last - 1);
  if (brace != std::string::npos) return text.substr(0, last);
  return before == std::string::npos ? text.substr(0, last)
                                     : text.substr(before + 1, last - before - 1);
}

// The port that a service publishes, or the variable that says it.
bool take_published(const std::string& port, const Place& place, Draft& draft) {
  static const Pattern named = Pattern::make(R"x(^\$\{?(\w+).*$)x", Pattern::Text::bytes).value();
  if (const auto name = named.first_group(port)) {
    tell_by_environment(draft, std::string(*name), "published in " + place.text());
    return true;
  }
  if (port.empty() || port.find_first_not_of("0123456789") != std::string::npos || port.size() > 5)
    return false;
  draft.port = {PortWay::fixed, std::stoi(port), fmt::format("published in {}", place.text())};
  draft.notes.push_back(
      fmt::format("{} publishes port {}: only one trial can run at a time; "
                  "\"${{PORT:-{}}}:...\" there would lift that",
                  place.text(), port, port));
  return true;
}

}  // namespace

std::optional<Place> see_compose(const Project& project) {
  const std::string file = project.first_of(compose_files);
  return file.empty() ? std::nullopt : std::optional<Place>({file, 0});
}

void guess_compose(const Project& project, Draft& draft) {
  const std::string file = project.first_of(compose_files);
  const auto parsed = parse_yaml(project.text(file), file);
  if (!parsed) {
    draft.notes.push_back(parsed.error().message);
    return;
  }
  const nlohmann::json& services = parsed->is_object() && parsed->contains("services")
                                       ? (*parsed)["services"]
                                       : nlohmann::json::object();
  if (!services.is_object()) return;
  // What is built here is the user's own; databases come as images.
  for (const bool built : {true, false})
    for (const auto& [name, service] : services.items()) {
      if (!service.is_object() || service.contains("build") != built ||
          !service.contains("ports") || !service["ports"].is_array() || service["ports"].empty())
        continue;
      const Place place = project.place_of(file, "ports", name + ":");
      if (!take_published(published(service["ports"][0]), place, draft)) continue;
      const std::string compose = "docker compose -p leakbisect-{port} ";
      if (built)
        draft.build = {"docker compose -p leakbisect-build build " + shell_word(name), file};
      draft.start = {CommandText("exec " + compose + "up --build " + shell_word(name)),
                     fmt::format("the service {} in {}", name, place.text())};
      return choose_ready(draft);
    }
}

std::optional<Place> see_dockerfile(const Project& project) {
  const std::string file = project.first_of({"Dockerfile", "Containerfile"});
  return file.empty() ? std::nullopt : std::optional<Place>({file, 0});
}

void guess_dockerfile(const Project& project, Draft& draft) {
  const std::string file = project.first_of({"Dockerfile", "Containerfile"});
  const auto exposed = project.find(file, R"x(^\s*EXPOSE\s+([0-9]+))x");
  const auto variable = project.find(file, R"x(^\s*ENV\s+PORT[=\s]+([0-9]+))x");
  const auto& inside = variable ? variable : exposed;
  if (!inside) {
    draft.notes.push_back(file +
                          " has no EXPOSE, so the port inside of the container is not known");
    return;
  }
  draft.build = {"docker build -q --iidfile .leakbisect-image .", file};
  draft.start = {CommandText("exec docker run --rm --init -p 127.0.0.1:{port}:" +
                             inside->groups[1] + " \"$(cat .leakbisect-image)\""),
                 "the image of " + file};
  told_by_argument(draft, "docker run publishes it; " + inside->place.text());
  choose_ready(draft);
}

}  // namespace leakbisect::init
