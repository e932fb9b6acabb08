#include "trial/build.hpp"

#include "base/files.hpp"
#include "subject/process.hpp"

#include <chrono>

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
  return key;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

// What was in the slot before its first build; kept on disk, so that later builds know what is
// theirs.
Result<std::vector<std::string>> pristine_paths(const fs::path& slot, const fs::path& directory) {
  const fs::path file = slot / "pristine.txt";
  if (fs::exists(file)) {
    const auto text = read_file(file);
    if (!text) return text.error();
    return lines_of(*text);
  }
  const std::vector<std::string> paths = units::list_paths(directory);
  std::string text;
  for (const std::string& path : paths) text += path + "\n";
  if (auto written = write_atomic(file, text); !written) return written.error();
  return paths;
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
                               const fs::path& folder, const config::Command& command) {
  subject::LaunchSpec spec;
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

namespace {

// Runs the commands one after the other until one fails.
asio::awaitable<Result<BuildResult>> run_commands(const Setup& setup, const units::Applied& applied,
                                                  fs::path folder) {
  BuildResult result;
  const double timeout_s = setup.hunt->subject->build_timeout_s;
  std::string log;
  for (const config::Command& command : build_commands(setup, applied)) {
    const subject::LaunchSpec spec = build_spec(setup, applied, folder, command);
    const auto ran = co_await subject::run(spec, timeout_s);
    if (!ran) {
      result.failure = "the build could not start: " + ran.error().message;
      co_return result;
    }
    result.seconds += ran->seconds;
    log += read_if_there(spec.stdout_file);
    if (!ran->success()) {
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

}  // namespace

asio::awaitable<Result<BuildResult>> build(const Setup& setup, const units::Applied& applied,
                                           fs::path slot, fs::path folder) {
  BuildResult result;
  if (build_commands(setup, applied).empty()) co_return result;
  const std::string key = build_key(setup, applied);
  const fs::path built_file = slot / "built.txt";
  std::error_code ignored;
  if (applied.fresh) {
    fs::remove(built_file, ignored);
    fs::remove(slot / "pristine.txt", ignored);
  }
  const auto built = read_file(built_file);
  if (built && !key.empty() && *built == key) {
    result.cached = true;
    co_return result;
  }
  const auto pristine = pristine_paths(slot, applied.directory);
  if (!pristine) co_return pristine.error();
  fs::remove(built_file, ignored);  // until this build has ended, the slot holds none
  if (!key.empty()) {
    const auto restored = setup.cache->restore(key, applied.directory);
    if (!restored) co_return restored.error();
    result.cached = *restored;
  }
  if (!result.cached) {
    const auto ran = co_await run_commands(setup, applied, folder);
    if (!ran || ran->failure) co_return ran;
    result = *ran;
    if (!key.empty()) {
      const auto& named = setup.hunt->subject->artifacts;
      const auto paths = named.empty() ? units::new_paths(applied.directory, *pristine) : named;
      // A build that does not fit the cache is still a build.
      static_cast<void>(setup.cache->store(key, applied.directory, paths));
    }
  }
  if (!key.empty())
    if (auto written = write_atomic(built_file, key); !written) co_return written.error();
  co_return result;
}

}  // namespace leakbisect::trial
