#include "init/interview.hpp"

#include "init/command_line.hpp"
#include "init/port.hpp"

#include <fmt/format.h>

#include <charconv>
#include <istream>
#include <optional>
#include <ostream>

namespace leakbisect::init {
namespace {

constexpr const char* asked = "asked for";

struct Questions {
  std::istream& in;
  std::ostream& out;

  // What was written instead of `kept`; nothing: it is kept.
  std::optional<std::string> ask(const std::string& what, const std::string& kept,
                                 const std::string& why) const {
    out << what << " [" << (kept.empty() ? "none" : kept) << "]" << (why.empty() ? "" : "  " + why)
        << "\n> " << std::flush;
    std::string line;
    if (!std::getline(in, line)) return std::nullopt;
    line = trimmed(line);
    if (line.empty()) return std::nullopt;
    return line == "-" ? "" : line;
  }
};

void ask_start(const Questions& questions, Draft& draft) {
  const bool is_known = !draft.start.value.is_null();
  const auto line = questions.ask("start: what starts the server, in the foreground?",
                                  is_known ? shown(draft.start.value) : "", draft.start.why);
  if (!line || line->empty()) return;
  draft.start = {command_from_text(*line), asked};
  if (line->find("{port}") != std::string::npos) told_by_argument(draft, asked);
}

void ask_build(const Questions& questions, Draft& draft) {
  if (const auto line = questions.ask("install: what fetches its dependencies?",
                                      draft.install.command, draft.install.why))
    draft.install = {*line, "", asked};
  if (const auto line = questions.ask("build: what builds it?", draft.build.value, draft.build.why))
    draft.build = {*line, asked};
}

void ask_port(const Questions& questions, Draft& draft) {
  std::string kept = draft.port.way == PortWay::fixed ? std::to_string(draft.port.number) : "";
  for (const auto& [name, guess] : draft.env)
    if (guess.value.find("{port}") != std::string::npos) kept = name;
  if (draft.port.way == PortWay::argument) return;  // it stands in the start command
  const auto line = questions.ask(
      "port: the variable that tells it, or a fixed number (\"{port}\" may stand in start instead)",
      kept, draft.port.why);
  if (!line || line->empty()) return;
  draft.env.erase(kept);
  int number = 0;
  const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), number);
  const bool is_number = error == std::errc() && end == line->data() + line->size();
  if (is_number && number >= 1 && number <= 65535)
    draft.port = {PortWay::fixed, number, asked};
  else
    tell_by_environment(draft, *line, asked);
}

void ask_ready(const Questions& questions, Draft& draft) {
  const auto line = questions.ask("ready: a path that is answered when it has started (- for none)",
                                  draft.ready.value, draft.ready.why);
  if (line) draft.ready = {line->empty() || line->front() == '/' ? *line : "/" + *line, asked};
}

void ask_units(const Questions& questions, const Draft& draft, Choices& choices) {
  if (choices.possible.size() < 2) return;
  for (const UnitKind kind : choices.possible)
    questions.out << "  " << unit_kind_name(kind) << ": " << words_of(choices, kind, draft) << "\n";
  for (;;) {
    const auto line =
        questions.ask("units: what is searched?", std::string(unit_kind_name(choices.chosen)), "");
    if (!line) return;
    for (const UnitKind kind : choices.possible)
      if (*line == unit_kind_name(kind)) {
        choices.chosen = kind;
        return;
      }
    questions.out << "one of those above, please\n";
  }
}

}  // namespace

void interview(std::istream& in, std::ostream& out, Draft& draft, Choices& choices) {
  const Questions questions{in, out};
  out << "Enter keeps what stands in [brackets], - takes it away.\n";
  ask_start(questions, draft);
  ask_build(questions, draft);
  ask_port(questions, draft);
  ask_ready(questions, draft);
  ask_units(questions, draft, choices);
}

}  // namespace leakbisect::init
