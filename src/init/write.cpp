#include "init/write.hpp"

#include "base/utf8.hpp"
#include "config/parse.hpp"
#include "init/command_line.hpp"
#include "init/write_units.hpp"

#include <algorithm>

namespace leakbisect::init {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class Text {
 public:
  // A comment: whatever a project holds, it ends with the line.
  Text& note(int indent, const std::string& text) {
    out_ += std::string(static_cast<std::size_t>(indent), ' ') + "// " + one_line(text) + "\n";
    return *this;
  }
  Text& line(int indent, const std::string& text) {
    out_ += std::string(static_cast<std::size_t>(indent), ' ') + text + "\n";
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  std::string out_;
};

void write_env(Text& out, const Draft& draft) {
  if (draft.env.empty()) return;
  out.line(4, "\"env\": {");
  std::size_t left = draft.env.size();
  for (const auto& [name, guess] : draft.env)
    out.line(6, fmt::format("{}: {}{}  // {}", spaced(name), spaced(guess.value),
                            --left > 0 ? "," : "", one_line(guess.why)));
  out.line(4, "},");
}

void write_subject(Text& out, const fs::path& directory, const fs::path& file, const Draft& draft,
                   UnitKind kind) {
  out.note(2, draft.ecosystem.empty()
                  ? "The server. Nothing here tells what it is written in."
                  : fmt::format("The server: {}, by {}.", draft.ecosystem, draft.seen.text()));
  out.line(2, "\"subject\": {");
  const fs::path folder = draft.folder == "." ? directory : directory / draft.folder;
  auto relative = fs::weakly_canonical(folder).lexically_relative(
      fs::weakly_canonical(fs::absolute(file)).parent_path());
  out.line(4, fmt::format("\"directory\": {},", spaced(relative.generic_string())));
  if (const std::string build = build_command(directory, draft, kind); !build.empty()) {
    if (!draft.install.command.empty() && build.starts_with(draft.install.command))
      out.note(4, "dependencies by " + draft.install.why);
    if (!draft.build.value.empty()) out.note(4, "built by " + draft.build.why);
    out.line(4, fmt::format("\"build\": {},", spaced(build)));
  }
  if (draft.start.value.is_null()) {
    out.note(4,
             std::string("<-- ") + fill_in +
                 ": the command that starts your server in the foreground, without a shell, such "
                 "as [\"node\", \"server.js\"]");
    out.line(4, fmt::format("\"start\": [\"{}\"],", fill_in));
  } else {
    out.note(4, draft.start.why);
    out.line(4, fmt::format("\"start\": {},", spaced(draft.start.value)));
  }
  if (!draft.port.why.empty()) out.note(4, "port: " + draft.port.why);
  if (draft.port.way == PortWay::fixed)
    out.line(4, fmt::format("\"port\": {},", draft.port.number));
  write_env(out, draft);
  if (draft.ready.value.empty()) {
    out.note(4, "the load begins when the port takes a connection");
    out.line(4, "\"ready\": {\"tcp\": true}");
  } else {
    out.note(4, "the load begins when this is answered below 500: " + draft.ready.why);
    out.line(4, fmt::format("\"ready\": {{\"http\": {}}}", spaced(draft.ready.value)));
  }
  out.line(2, "},");
}

void write_load(Text& out, const Draft& draft, UnitKind kind) {
  out.note(2,
           "What is requested, beside each other by weight; {n} is a number that never comes "
           "again. Only");
  out.note(2,
           "paths: the load goes to this host. Without \"rate\" (requests a second) it is found.");
  out.line(2, "\"load\": {\"http\": {\"requests\": [");
  auto requests = draft.requests;
  if (kind == UnitKind::routes && requests.size() < 2) {
    Guess<config::HttpRequest> missing;
    missing.value.path = "/leakbisect-nothing-is-here/{n}";
    missing.value.name = "not found";
    missing.why = "a second route, to tell apart: what is not found; write your own instead";
    requests.push_back(std::move(missing));
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::string comma = i + 1 < requests.size() ? "," : "";
    const std::string why = requests[i].why.empty() ? "" : "  // " + one_line(requests[i].why);
    out.line(4, fmt::format("{}{}{}", in_order(request_json(requests[i].value)), comma, why));
  }
  out.line(2, "]}},");
}

}  // namespace

bool is_complete(const Draft& draft) {
  return !draft.start.value.is_null();
}

std::string build_command(const fs::path& directory, const Draft& draft, UnitKind kind) {
  const fs::path folder = draft.folder == "." ? directory : directory / draft.folder;
  std::error_code failed;
  const bool is_there = !draft.install.folder.empty() && kind != UnitKind::commits &&
                        fs::is_directory(folder / draft.install.folder, failed);
  std::string build = is_there ? "" : draft.install.command;
  if (!draft.build.value.empty()) build += (build.empty() ? "" : " && ") + draft.build.value;
  return build;
}

std::vector<Said> summary_of(const fs::path& directory, const Draft& draft,
                             const Choices& choices) {
  std::vector<Said> said;
  const auto add = [&](const char* what, const std::string& value, const std::string& why) {
    if (!value.empty()) said.push_back({what, value, why});
  };
  add("project", draft.ecosystem.empty() ? "not recognised" : draft.ecosystem, draft.seen.text());
  if (draft.folder != ".") add("folder", draft.folder, "the first that holds a server");
  const std::string build = build_command(directory, draft, choices.chosen);
  const bool installs = !draft.install.command.empty() && build.starts_with(draft.install.command);
  std::string why = installs ? draft.install.why : "";
  if (!draft.build.why.empty()) why += (why.empty() ? "" : "; ") + draft.build.why;
  add("build", build, why);
  if (!draft.start.value.is_null()) add("start", shown(draft.start.value), draft.start.why);
  for (const auto& [name, guess] : draft.env) add("variable", name + "=" + guess.value, guess.why);
  if (draft.port.way == PortWay::fixed)
    add("port", std::to_string(draft.port.number), draft.port.why);
  if (draft.port.way == PortWay::argument) add("port", "an argument of start", draft.port.why);
  add("ready", draft.ready.value, draft.ready.why);
  for (const auto& request : draft.requests)
    add("request", config::route_name(request.value), request.why);
  for (const UnitKind kind : choices.possible) {
    const bool is_chosen = kind == choices.chosen;
    add(is_chosen ? "units" : "or", std::string(unit_kind_name(kind)),
        words_of(choices, kind, draft));
  }
  return said;
}

Result<std::string> hunt_text(const fs::path& directory, const fs::path& file, const Draft& draft,
                              const Choices& choices) {
  Text out;
  const std::string name = file.filename().string();
  out.note(0,
           "leakbisect's hunt file, as `leakbisect init` guessed it; each comment says from what.");
  out.note(0,
           is_complete(draft)
               ? fmt::format("Next: leakbisect check {0}, then leakbisect run {0}", name)
               : fmt::format("First: the line marked {}. Then leakbisect check {}", fill_in, name));
  out.line(0, "{");
  write_subject(out, directory, file, draft, choices.chosen);
  write_load(out, draft, choices.chosen);
  std::string text = out.text() + units_text(draft, choices) + "}\n";
  text = valid_utf8(text);
  if (const auto parsed = config::parse_hunt(text, file); !parsed)
    return parsed.error().within("internal error: init wrote a hunt file that is refused");
  return text;
}

}  // namespace leakbisect::init
