#include "trial/build.hpp"

#include "base/files.hpp"
#include "subject/process.hpp"
#include "trial/aside.hpp"
#include "trial/build_slot.hpp"

#include <cstdlib>

namespace leakbisect::trial {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// The commands of one build, in order; empty when there is nothing to build.
std::vector<config::Command> build_commands(const Setup& setup, const units::Applied& applied) {
  std::vector<config::Command> commands = applied.commands;
  const config::Subject& subject = *setup.hunt->subject;
  if (subject.build) commands.push_back(*subject.build);
  for (config::Command& command : commands) command = filled(command, applied.placeholders);
  return commands;
}

// Equal keys, equal builds: what the build sees, and how it is built. Empty: cannot be known.
std::string build_key(const Setup& setup, const units::Applied& applied) {
  if (applied.content_key.empty()) return "";
  std::string key = applied.content_key;
  for (const config::Command& command : build_commands(setup, applied))
    for (const std::string& word : command.argv) key += "\n" + word;
  for (const auto& [name, value] : setup.hunt->subject->env) key += "\n" + name + "=" + value;
  // Builds are shared between hunts: another compiler, or other flags, make another build.
  for (const char* name : {"PATH", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS", "NODE_ENV"})
    if (const char* value = std::getenv(name)) key += fmt::format("\n{}={}", name, value);
  return key;
}

std::string tail_of(const fs::path& file) {
  const std::string text = read_if_there(file);
  auto lines = lines_of(text + "\n");
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (auto line = lines.rbegin(); line != lines.rend(); ++line)
    if (line->find("rror") != std::string::npos) return *line;
  return lines.empty() ? "" : lines.back();
}

subject::LaunchSpec build_spec(const Setup& setup, const units::Applied& applied,
                               const fs::path& folder, const config::Command& command,
                               const Pace& pace) {
  subject::LaunchSpec spec;
  spec.idle = pace.is_idle();
  spec.hurried = pace.hurried;
  spec.command = command;
  spec.directory = applied.directory;
  for (const auto& [name, value] : setup.hunt->subject->env)
    spec.env[name] = fill(value, applied.placeholders);
  spec.stdout_file = folder / "build.log";
  spec.stderr_file = spec.stdout_file;
  spec.log_cap_bytes = setup.hunt->subject->log_cap_bytes;
  spec.memory_cap_bytes = setup.hunt->limits.memory_bytes;
  spec.name = folder.filename().string() + "-build";
  spec.state_directory = setup.directory / "state";
  return spec;
}

}  // namespace

config::Command filled(const config::Command& command, const Placeholders& values) {
  config::Command out;
  for (const std::string& word : command.argv) out.argv.push_back(fill(word, values));
  return out;
}

bool is_built_already(const Setup& setup, const units::Applied& applied) {
  const std::string key = build_key(setup, applied);
  return !key.empty() && setup.cache->contains(key);
}

namespace {

// Runs the commands one after the other until one fails.
asio::awaitable<Result<BuildResult>> run_commands(const Setup& setup, const units::Applied& applied,
                                                  fs::path folder, Pace pace) {
  BuildResult result;
  const double timeout_s = setup.hunt->subject->build_timeout_s;
  std::string log;
  for (const config::Command& command : build_commands(setup, applied)) {
    const subject::LaunchSpec spec = build_spec(setup, applied, folder, command, pace);
    const auto ran = co_await subject::run(spec, timeout_s);
    if (!ran) {
      result.failure = "the build could not start: " + ran.error().message;
      co_return result;
    }
    result.seconds += ran->seconds;
    log += read_if_there(spec.stdout_file);
    if (!ran->success()) {
      result.timed_out = ran->timed_out;
      result.failure = ran->timed_out
                           ? fmt::format("the build did not end in {:.0f} s", timeout_s)
                           : fmt::format("the build failed ({}): {}", to_string(ran->exit),
                                         tail_of(spec.stdout_file));
      break;
    }
  }
  // Every command writes its own log; the trial keeps them as one.
  if (auto written = write_atomic(folder / "build.log", log); !written) co_return written.error();
  co_return result;
}

// The failure that a build made ahead met, with its log.
std::optional<BuildResult> known_failure(const Setup& setup, const std::string& key,
                                         const fs::path& folder) {
  const auto known = setup.failed_builds->find(key);
  if (key.empty() || known == setup.failed_builds->end()) return std::nullopt;
  static_cast<void>(write_atomic(folder / "build.log", known->second.log));
  BuildResult result;
  result.seconds = known->second.seconds;
  result.failure = known->second.reason;
  return result;
}

void remember_failure(const Setup& setup, const std::string& key, const fs::path& folder,
                      const BuildResult& result) {
  if (key.empty() || result.timed_out) return;  // with the machine to itself it may end in time
  (*setup.failed_builds)[key] = {*result.failure, read_if_there(folder / "build.log"),
                                 result.seconds};
}

}  // namespace

asio::awaitable<Result<BuildResult>> build(const Setup& setup, const units::Applied& applied,
                                           fs::path slot, fs::path folder, Pace pace) {
  BuildResult result;
  if (build_commands(setup, applied).empty()) co_return result;
  const BuildPlace place{setup.cache, build_key(setup, applied), slot, applied.directory,
                         setup.hunt->subject->artifacts};
  if (auto known = known_failure(setup, place.key, folder)) co_return *known;
  const bool is_fresh = applied.fresh;
  const auto readying = [=] { return ready_slot(place, is_fresh); };
  const auto readied = co_await aside(readying);
  if (!readied) co_return readied.error();
  result.cached = readied->is_built;
  if (!readied->is_built) {
    const auto ran = co_await run_commands(setup, applied, folder, pace);
    if (!ran) co_return ran;
    result = *ran;
    if (result.failure && pace.idle) remember_failure(setup, place.key, folder, result);
    if (result.timed_out) forget_new(applied.directory, readied->pristine);
    note_ended(slot);
    if (result.failure) co_return result;
  }
  const bool is_new = !readied->is_built;
  const std::vector<std::string> pristine = readied->pristine;
  const auto keeping = [=] { return keep_build(place, pristine, is_new); };
  const auto kept = co_await aside(keeping);
  if (!kept) co_return kept.error();
  co_return result;
}

}  // namespace leakbisect::trial
