#include "trial/build.hpp"

#include "base/files.hpp"
#include "subject/process.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdlib>
#include <future>

#include <sys/resource.h>
#include <unistd.h>

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
                               const fs::path& folder, const config::Command& command,
                               Priority priority) {
  subject::LaunchSpec spec;
  if (priority == Priority::idle) spec.nice = 19;
  spec.idle = priority == Priority::idle;
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
                                                  fs::path folder, Priority priority) {
  BuildResult result;
  const double timeout_s = setup.hunt->subject->build_timeout_s;
  std::string log;
  for (const config::Command& command : build_commands(setup, applied)) {
    const subject::LaunchSpec spec = build_spec(setup, applied, folder, command, priority);
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

// Copying a build into the cache can take seconds, in which other trials have to be loaded and
// sampled: so it is done by a thread, and waited for.
asio::awaitable<void> store_build(const Setup& setup, std::string key, fs::path directory,
                                  std::vector<std::string> pristine) {
  const auto& named = setup.hunt->subject->artifacts;
  units::BuildCache* cache = setup.cache;
  std::future<void> stored = std::async(std::launch::async, [=] {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
    const auto paths = named.empty() ? units::new_paths(directory, pristine) : named;
    // A build that does not fit the cache is still a build.
    static_cast<void>(cache->store(key, directory, paths));
  });
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (stored.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    timer.expires_after(std::chrono::milliseconds(2));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

// What a build in another place left may name that place: the next build here begins without it.
void forget_foreign(const fs::path& slot, const fs::path& directory) {
  const fs::path file = slot / "restored.txt";
  const auto text = read_file(file);
  if (!text) return;
  std::error_code ignored;
  for (const std::string& path : lines_of(*text)) fs::remove_all(directory / path, ignored);
  fs::remove(file, ignored);
}

// True when the build is there now.
Result<bool> take_from_cache(const Setup& setup, const std::string& key, const fs::path& slot,
                             const fs::path& directory) {
  const auto restored = setup.cache->restore(key, directory);
  if (!restored) return restored.error();
  if (!restored->found) return false;
  std::string paths;
  for (const std::string& path : restored->foreign) paths += path + "\n";
  if (paths.empty()) return true;
  if (auto written = write_atomic(slot / "restored.txt", paths); !written) return written.error();
  return true;
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
                                           fs::path slot, fs::path folder, Priority priority) {
  BuildResult result;
  if (build_commands(setup, applied).empty()) co_return result;
  const std::string key = build_key(setup, applied);
  const fs::path built_file = slot / "built.txt";
  std::error_code ignored;
  if (applied.fresh)
    for (const char* name : {"built.txt", "pristine.txt", "restored.txt"})
      fs::remove(slot / name, ignored);
  const auto built = read_file(built_file);
  if (built && !key.empty() && *built == key) {
    result.cached = true;
    co_return result;
  }
  if (auto known = known_failure(setup, key, folder)) co_return *known;
  const auto pristine = pristine_paths(slot, applied.directory);
  if (!pristine) co_return pristine.error();
  fs::remove(built_file, ignored);  // until this build has ended, the slot holds none
  const bool only_ahead = priority == Priority::idle && setup.cache->contains(key);
  if (only_ahead) co_return result;
  if (!key.empty()) {
    const auto taken = take_from_cache(setup, key, slot, applied.directory);
    if (!taken) co_return taken.error();
    result.cached = *taken;
  }
  if (!result.cached) {
    forget_foreign(slot, applied.directory);
    const auto ran = co_await run_commands(setup, applied, folder, priority);
    if (!ran) co_return ran;
    result = *ran;
    if (result.failure) {
      if (priority == Priority::idle) remember_failure(setup, key, folder, result);
      co_return result;
    }
    if (!key.empty()) co_await store_build(setup, key, applied.directory, *pristine);
  }
  if (!key.empty())
    if (auto written = write_atomic(built_file, key); !written) co_return written.error();
  co_return result;
}

}  // namespace leakbisect::trial
