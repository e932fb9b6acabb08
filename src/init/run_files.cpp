#include "init/run_files.hpp"

#include "init/command_line.hpp"
#include "init/port.hpp"

#include <fmt/format.h>

namespace leakbisect::init {
namespace {

// ["node", "server.js"] of a Dockerfile, or the text for the shell.
std::string instruction_line(const std::string& given) {
  const auto array = nlohmann::json::parse(given, nullptr, false);
  if (!array.is_array()) return given;
  std::string line;
  for (const auto& word : array)
    if (word.is_string()) line += (line.empty() ? "" : " ") + shell_word(word.get<std::string>());
  return line;
}

}  // namespace

std::optional<RunLine> procfile_web(const Project& project) {
  const auto web = project.find("Procfile", R"x(^web:\s*(.+)$)x");
  if (!web) return std::nullopt;
  return RunLine{with_port(trimmed(web->groups[1])), web->place};
}

std::optional<RunLine> dockerfile_command(const Project& project) {
  const std::string file = project.first_of({"Dockerfile", "Containerfile"});
  const auto entry = project.find_all(file, R"x(^\s*ENTRYPOINT\s+(.+)$)x");
  const auto command = project.find_all(file, R"x(^\s*CMD\s+(.+)$)x");
  if (entry.empty() && command.empty()) return std::nullopt;
  std::string line;
  if (!entry.empty()) line = instruction_line(trimmed(entry.back().groups[1]));
  if (!command.empty())
    line += (line.empty() ? "" : " ") + instruction_line(trimmed(command.back().groups[1]));
  return RunLine{with_port(line), (command.empty() ? entry : command).back().place};
}

void start_by(const RunLine& run, Draft& draft) {
  const std::string why = run.place.text();
  const CommandLine split = split_line(run.line);
  for (const auto& [name, value] : split.env) draft.env[name] = {value, why};
  if (split.words.empty())
    draft.start = {CommandText("exec " + run.line), why};
  else
    draft.start = {CommandText(split.words), why};
  if (run.line.find("{port}") != std::string::npos)
    told_by_argument(draft, "$PORT in " + run.place.text());
}

bool start_by_procfile(const Project& project, Draft& draft) {
  const auto run = procfile_web(project);
  if (!run) return false;
  start_by(*run, draft);
  if (draft.port.way == PortWay::unknown)
    tell_by_environment(draft, "PORT", "what starts a Procfile sets it");
  return true;
}

}  // namespace leakbisect::init
