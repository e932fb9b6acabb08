// Maven and Gradle: Spring Boot, Quarkus, and plain programs.

#include "init/ecosystem_list.hpp"
#include "init/port.hpp"
#include "init/routes.hpp"
#include "init/run_files.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

// How a jar of each framework is told its port.
void start_jar(const Project& project, const std::string& build_file, const std::string& jar,
               const std::string& why, Draft& draft) {
  if (start_by_procfile(project, draft)) return;
  if (const auto spring =
          project.find(build_file, R"x((spring-boot|org\.springframework\.boot))x")) {
    draft.start = {
        CommandText{"java", "-jar", jar, "--server.port={port}", "--server.address=127.0.0.1"},
        why};
    return told_by_argument(draft, "Spring Boot in " + spring->place.text());
  }
  draft.start = {CommandText{"java", "-jar", jar}, why};
  guess_port(project, project.sources({".java", ".kt"}), draft);
}

// The first element of this name outside of <parent>, <dependencies> and <build>.
std::string own_element(const Project& project, const std::string& name) {
  std::string text = project.text("pom.xml");
  for (const char* part : {"parent", "dependencies", "dependencyManagement", "build", "profiles"}) {
    const auto from = text.find(fmt::format("<{}>", part));
    const auto to = text.find(fmt::format("</{}>", part));
    if (from != std::string::npos && to != std::string::npos && from < to)
      text.erase(from, to - from);
  }
  const auto from = text.find("<" + name + ">");
  if (from == std::string::npos) return "";
  const auto begin = from + name.size() + 2;
  return trimmed(std::string_view(text).substr(begin, text.find('<', begin) - begin));
}

}  // namespace

std::optional<Place> see_maven(const Project& project) {
  if (!project.has("pom.xml")) return std::nullopt;
  return Place{"pom.xml", 0};
}

void guess_maven(const Project& project, Draft& draft) {
  const char* maven = project.has("mvnw") ? "sh ./mvnw" : "mvn";
  draft.build = {fmt::format("{} -q -B -DskipTests package", maven), "pom.xml"};
  if (const auto quarkus = project.find("pom.xml", R"x(quarkus-(?:maven-plugin|bom))x")) {
    draft.start = {CommandText{"java", "-Dquarkus.http.port={port}", "-jar",
                               "target/quarkus-app/quarkus-run.jar"},
                   quarkus->place.text()};
    told_by_argument(draft, "Quarkus reads it");
  } else if (const std::string artifact = own_element(project, "artifactId"); !artifact.empty()) {
    const auto named = project.find("pom.xml", R"x(<finalName>([^<$]+)</finalName>)x");
    std::string version = own_element(project, "version");
    const std::string jar = named ? named->groups[1] : artifact + "-" + version;
    if (named || (!version.empty() && version.find('$') == std::string::npos))
      start_jar(
          project, "pom.xml", "target/" + jar + ".jar",
          project.place_of("pom.xml", named ? "<finalName>" : "<artifactId>" + artifact).text(),
          draft);
  }
  guess_routes(project, project.sources({".java", ".kt"}), draft);
}

std::optional<Place> see_gradle(const Project& project) {
  const std::string file = project.first_of({"build.gradle", "build.gradle.kts"});
  return file.empty() ? std::nullopt : std::optional<Place>({file, 0});
}

void guess_gradle(const Project& project, Draft& draft) {
  const std::string file = see_gradle(project)->file;
  const bool is_boot = project.find(file, R"x(org\.springframework\.boot)x").has_value();
  draft.build = {fmt::format("{} -q {}", project.has("gradlew") ? "sh ./gradlew" : "gradle",
                             is_boot ? "bootJar" : "installDist"),
                 file};
  const std::string settings = project.first_of({"settings.gradle", "settings.gradle.kts"});
  const auto named = project.find(settings, R"x(rootProject\.name\s*=\s*['"]([^'"]+)['"])x");
  const auto version = project.find(file, R"x(^\s*version\s*=\s*['"]([^'"]+)['"])x");
  if (named && is_boot) {
    start_jar(project, file,
              "build/libs/" + named->groups[1] + (version ? "-" + version->groups[1] : "") + ".jar",
              named->place.text(), draft);
  } else if (named) {
    draft.start = {CommandText{fmt::format("build/install/{0}/bin/{0}", named->groups[1])},
                   named->place.text()};
    guess_port(project, project.sources({".java", ".kt"}), draft);
  }
  guess_routes(project, project.sources({".java", ".kt"}), draft);
}

}  // namespace leakbisect::init
