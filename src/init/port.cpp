#include "init/port.hpp"

#include "init/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace leakbisect::init {
namespace {

// Node, Python, C, Go, Java and PHP, Rust, Ruby.
constexpr const char* variable =
    R"x((?:process\.env\.|process\.env\[['"]|environ(?:\.get)?[\[(]\s*['"]|[Gg]etenv\(\s*['"]|env::var\(\s*"|ENV(?:\.fetch)?[\[(]\s*['"])([A-Z0-9_]*PORT)\b)x";

// argv of C and Python, process.argv of Node, os.Args of Go, args of Java.
constexpr const char* position =
    R"x((?:atoi|stoi|stoul|strtoul?|int|Number|parseInt|Atoi)\s*\(\s*(?:std::string\()?((?:process\.|sys\.)?argv|os\.Args|args)\s*\[\s*([0-9])\s*\])x";
constexpr const char* nth = R"x(args\(\)\.nth\(\s*1\s*\))x";

constexpr const char* flag = R"x(['"](--port)['"])x";
constexpr const char* short_flag = R"x(['"](-p)['"])x";
constexpr const char* long_option = R"x(\{\s*"(port)"\s*,\s*(?:required_argument|1))x";
constexpr const char* go_flag =
    R"x(flag\.(?:Int|String|Uint)(?:Var)?\(\s*(?:&[\w.]+,\s*)?"(port|addr|address|listen|http|bind)")x";

constexpr int lowest_port = 80;

constexpr std::array fixed_numbers{
    R"x(\.[lL]isten\(\s*([0-9]{2,5})\b)x",
    R"x([lL]isten\w*\(\s*['"][^'"]*['"]\s*,\s*([0-9]{2,5})\b)x",
    R"x(htons\(\s*([0-9]{2,5})\s*\))x",
    R"x(ListenAndServe\w*\(\s*"[^"]*:([0-9]{2,5})")x",
    R"x("(?:127\.0\.0\.1|0\.0\.0\.0|localhost|\[::1?\])?:([0-9]{2,5})")x",
    R"x(\b\w*(?:port|PORT|Port)\b['"]?\s*(?::\s*\w+\s*)?[:=(]\s*([0-9]{2,5})\b)x",
    R"x(define\s+\w*PORT\s+([0-9]{2,5})\b)x",
    R"x(\(\s*['"][^'"]*['"]\s*,\s*([0-9]{2,5})\s*\))x",
};

bool is_of_another(const std::string& name) {
  static const std::array others{"DB_",    "DATABASE", "PG",       "MYSQL",  "POSTGRES",
                                 "REDIS",  "MONGO",    "SMTP",     "MAIL",   "DEBUG",
                                 "METRIC", "RABBIT",   "KAFKA",    "AMQP",   "STATS",
                                 "PROXY",  "HMR",      "MEMCACHE", "INSPECT"};
  return std::ranges::any_of(others, [&](const char* other) { return name.find(other) == 0; });
}

// The variable that most programs take, before others that end in PORT.
std::optional<Match> find_variable(const Project& project, const std::vector<std::string>& files) {
  std::optional<Match> best;
  for (const std::string& file : files)
    for (Match& match : project.find_all(file, variable, {"PORT"})) {
      if (match.groups[1] == "PORT") return std::move(match);
      if (!best && !is_of_another(match.groups[1])) best = std::move(match);
    }
  return best;
}

// A program that asks servers: the port that it takes is not one that it listens on.
bool is_client(const std::string& file) {
  const std::string name = file.substr(file.rfind('/') + 1);
  return name.find("client") != std::string::npos || name.find("bench") != std::string::npos ||
         name.ends_with("-cli.c") || name.ends_with("_cli.c");
}

bool take_position(const Project& project, const std::vector<std::string>& files, Draft& draft) {
  auto match = project.find_in(files, position);
  if (match && match->groups[2] != (match->groups[1] == "process.argv" ? "2" : "1") &&
      match->groups[1] != "args")
    return false;
  if (!match) match = project.find_in(files, nth);
  if (!match) return false;
  append_to_start(draft, {"{port}"});
  told_by_argument(draft, fmt::format("{} in {}", match->groups[0], match->place.text()));
  return true;
}

bool take_flag(const Project& project, const std::vector<std::string>& files, Draft& draft) {
  if (const auto match = project.find_in(files, go_flag)) {
    const std::string& name = match->groups[1];
    append_to_start(draft,
                    {fmt::format("-{}={}{{port}}", name, name == "port" ? "" : "127.0.0.1:")});
    told_by_argument(draft, fmt::format("the option -{} in {}", name, match->place.text()));
    return true;
  }
  auto match = project.find_in(files, flag);
  if (!match) match = project.find_in(files, long_option);
  if (!match) match = project.find_in(files, short_flag);
  if (!match) return false;
  const std::string name = match->groups[1] == "port" ? "--port" : match->groups[1];
  append_to_start(draft, {name, "{port}"});
  told_by_argument(draft, fmt::format("the option {} in {}", name, match->place.text()));
  return true;
}

bool take_number(const Project& project, const std::vector<std::string>& files, Draft& draft) {
  for (const char* expression : fixed_numbers) {
    const auto match = project.find_in(files, expression);
    if (!match) continue;
    const int number = std::stoi(match->groups[1]);
    if (number < lowest_port || number > 65535) continue;
    draft.port = {PortWay::fixed, number,
                  fmt::format("{} is fixed in {}", number, match->place.text())};
    draft.notes.push_back(
        fmt::format("{} fixes the port {}, so that only one trial can run at a time, and nothing "
                    "else may hold it; reading the variable PORT there would lift that",
                    match->place.text(), number));
    return true;
  }
  return false;
}

}  // namespace

std::string with_port(const std::string& line) {
  static const Pattern port =
      Pattern::make(R"x(\$\{PORT(?::-[^}]*)?\}|\$PORT\b)x", Pattern::Text::bytes).value();
  return port.replaced(line, "{port}");
}

void append_to_start(Draft& draft, const std::vector<std::string>& words) {
  CommandText& start = draft.start.value;
  if (start.is_array()) {
    for (const std::string& word : words) start.push_back(word);
  } else if (start.is_string()) {
    std::string line = start.get<std::string>();
    for (const std::string& word : words) line += " " + shell_word(word);
    start = line;
  }
}

void told_by_argument(Draft& draft, const std::string& why) {
  draft.port = {PortWay::argument, 0, why};
}

void tell_by_environment(Draft& draft, const std::string& variable_name, const std::string& why) {
  draft.env[variable_name] = {"{port}", why};
  draft.port = {PortWay::environment, 0, why};
}

void guess_port(const Project& project, const std::vector<std::string>& all, Draft& draft) {
  std::vector<std::string> files = all;
  std::erase_if(files, is_client);
  if (draft.start.value.is_null() || draft.port.way != PortWay::unknown) return;
  if (shown(draft.start.value).find("{port}") != std::string::npos)
    return told_by_argument(draft, "the start command names it");
  if (const auto match = find_variable(project, files))
    return tell_by_environment(draft, match->groups[1],
                               fmt::format("read in {}", match->place.text()));
  if (take_flag(project, files, draft) || take_position(project, files, draft) ||
      take_number(project, files, draft))
    return;
  draft.env["PORT"] = {"{port}", "a guess"};
  draft.port = {PortWay::unknown, 0, "nothing found; PORT in the environment is what most take"};
  draft.notes.push_back(
      "nothing in the source says how the program is told its port: see that {port} reaches it, by "
      "a variable in subject.env or a word in subject.start, or write the port it listens on as "
      "subject.port");
}

}  // namespace leakbisect::init
