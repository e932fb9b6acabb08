#include "trial/build.hpp"

#include "base/files.hpp"
#include "subject/process.hpp"
#include "trial/aside.hpp"
#include "trial/build_errors.hpp"
#include "trial/build_slot.hpp"

#include <cstdlib>

namespace leakbisect::trial {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// What is filled in before a server is there.
Placeholders values_of(const Setup& setup, const units::Applied& applied) {
  Placeholders values = applied.placeholders;
  values["directory"] = applied.directory.string();
  values["hunt_directory"] = setup.hunt->file.parent_path().string();
  return values;
}

// The commands of one build, in order; empty when there is nothing to build.
std::vector<config::Command> build_commands(const Setup& setup, const units::Applied& applied) {
  std::vector<config::Command> commands = applied.commands;
  const config::Subject& subject = *setup.hunt->subject;
  if (subject.build) commands.push_back(*subject.build);
  const Placeholders values = values_of(setup, applied);
  for (config::Command& command : commands) command = filled(command, values);
  return commands;
}

// Equal keys, equal builds: what the build sees, and how it is built. Empty: cannot be known.
std::string build_key(const Setup& setup, const units::Applied& applied) {
  if (applied.content_key.empty()) return "";
  std::string key = applied.content_key;
  for (const config::Command& command : build_commands(setup, applied))
    for (const std::string& word : command.argv) key += "\n" + word;
  for (const auto& [name, value] : setup.hunt->subject->env)
    key += fmt::format("\n{}={}", name, fill(value, values_of(setup, applied)));
  // Builds are shared between hunts: another compiler, or other flags, make another build.
  for (const char* name : {"PATH", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS", "NODE_ENV"})
    if (const char* value = std::getenv(name)) key += fmt::format("\n{}={}", name, value);
  return key;
}

// The same configuration from a clean tree, and from what an earlier build left: two builds.
std::string key_of(const std::string& key, BuildKind kind) {
  return key.empty() ? "" : fmt::format("{}\n{}", key, build_kind_name(kind));
}

fs::path temporary_folder(const fs::path& slot) {
  return slot / "tmp";
}

subject::LaunchSpec build_spec(const Setup& setup, const units::Applied& applied,
                               const BuildFolders& folders, const config::Command& command,
                               const Pace& pace) {
  subject::LaunchSpec spec;
  const fs::path& folder = folders.logs;
  spec.idle = pace.is_idle();
  spec.hurried = pace.hurried;
  spec.command = command;
  spec.directory = applied.directory;
  spec.env["TMPDIR"] = temporary_folder(folders.slot).string();
  for (const auto& [name, value] : setup.hunt->subject->env)
    spec.env[name] = fill(value, values_of(setup, applied));
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

KnownBuild known_build(const Setup& setup, const units::Applied& applied, const fs::path& slot) {
  KnownBuild known;
  known.needs_none = build_commands(setup, applied).empty();
  const std::string key = build_key(setup, applied);
  if (key.empty() || known.needs_none) return known;
  const std::string held = held_key(slot);
  known.is_held_clean = held == key_of(key, BuildKind::clean);
  known.is_held = known.is_held_clean || held == key_of(key, BuildKind::incremental);
  known.is_cached_clean = setup.cache->contains(key_of(key, BuildKind::clean));
  return known;
}

bool is_built_already(const Setup& setup, const units::Applied& applied, bool clean) {
  const std::string key = build_key(setup, applied);
  if (key.empty()) return false;
  return setup.cache->contains(key_of(key, BuildKind::clean)) ||
         (!clean && setup.cache->contains(key_of(key, BuildKind::incremental)));
}

namespace {

// Left by a build before this one, it would only fill the disk.
void empty_temporary(const fs::path& slot) {
  std::error_code ignored;
  fs::remove_all(temporary_folder(slot), ignored);
  fs::create_directories(temporary_folder(slot), ignored);
}

// Runs the commands one after the other until one fails.
asio::awaitable<Result<BuildResult>> run_commands(const Setup& setup, const units::Applied& applied,
                                                  BuildFolders folders, Pace pace) {
  BuildResult result;
  const double timeout_s = setup.hunt->subject->build_timeout_s;
  std::string log;
  empty_temporary(folders.slot);
  for (const config::Command& command : build_commands(setup, applied)) {
    const subject::LaunchSpec spec = build_spec(setup, applied, folders, command, pace);
    const auto ran = co_await subject::run(spec, timeout_s);
    if (!ran) {
      result.failure = "the build could not start: " + ran.error().message;
      co_return result;
    }
    result.seconds += ran->seconds;
    const std::string said = read_if_there(spec.stdout_file);
    log += said;
    if (!ran->success()) {
      result.timed_out = ran->timed_out;
      result.failure = ran->timed_out ? fmt::format("the build did not end in {:.0f} s", timeout_s)
                                      : fmt::format("the build failed ({}): {}",
                                                    to_string(ran->exit), first_error(said));
      break;
    }
  }
  // Every command writes its own log; the trial keeps them as one.
  if (auto written = write_atomic(folders.logs / "build.log", log); !written)
    co_return written.error();
  co_return result;
}

// The failure that a clean build made ahead met, with its log.
std::optional<BuildResult> known_failure(const Setup& setup, const std::string& key,
                                         const fs::path& folder) {
  const auto known = setup.failed_builds->find(key);
  if (key.empty() || known == setup.failed_builds->end()) return std::nullopt;
  static_cast<void>(write_atomic(folder / "build.log", known->second.log));
  BuildResult result;
  result.kind = BuildKind::clean;
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

// What the user names below the subject's directory, as paths below the top.
std::vector<std::string> artifacts_below_top(const Setup& setup, const units::Applied& applied,
                                             const fs::path& top) {
  const fs::path below = applied.directory.lexically_relative(top);
  std::vector<std::string> paths;
  for (const std::string& artifact : setup.hunt->subject->artifacts)
    paths.push_back((below / artifact).lexically_normal().generic_string());
  return paths;
}

BuildPlace place_of(const Setup& setup, const units::Applied& applied, const fs::path& slot) {
  const fs::path top = applied.top.empty() ? applied.directory : applied.top;
  return {setup.cache, slot, top, applied.own, artifacts_below_top(setup, applied, top)};
}

// The way of one build: what it begins from, under which name it is kept.
struct Making {
  BuildPlace place;
  std::string key;
  BuildKind kind = BuildKind::none;
  std::vector<units::TreeEntry> before;  ///< own files
};

// Puts the build into the slot where the cache has it, else makes the slot ready for building.
Result<bool> restored(Making& making) {
  if (auto begun = note_begun(making.place); !begun) return begun.error();
  if (!making.key.empty()) {
    const auto taken = take_from_cache(making.place, making.key);
    if (!taken) return taken.error();
    if (taken->found) {
      note_ended(making.place.slot);
      if (taken->changes_own) return true;
      if (auto held = note_held(making.place, making.key); !held) return held.error();
      return true;
    }
  }
  forget_foreign(making.place);
  making.before = own_files(making.place);
  return false;
}

Result<> keep(const Making& making) {
  const auto changed = changed_files(making.place, making.before);
  store_build(making.place, making.key, changed);
  if (!changed.empty()) return {};
  return note_held(making.place, making.key);
}

}  // namespace

asio::awaitable<Result<BuildResult>> build(const Setup& setup, const units::Applied& applied,
                                           KnownBuild known, BuildFolders folders, Pace pace) {
  BuildResult result;
  if (known.needs_none) co_return result;
  const std::string key = build_key(setup, applied);
  const std::string clean_key = key_of(key, BuildKind::clean);
  if (auto failed = known_failure(setup, clean_key, folders.logs)) co_return *failed;
  result.kind = applied.fresh || known.is_held_clean ? BuildKind::clean : BuildKind::incremental;
  result.cached = known.is_held && !applied.fresh;
  if (result.cached) co_return result;
  if (applied.fresh) note_fresh(folders.slot);
  auto making = std::make_shared<Making>(
      Making{place_of(setup, applied, folders.slot), key_of(key, result.kind), result.kind, {}});
  const auto restoring = [making] { return restored(*making); };
  const auto taken = co_await aside(restoring);
  if (!taken) co_return taken.error();
  result.cached = *taken;
  if (result.cached) co_return result;
  auto ran = co_await run_commands(setup, applied, folders, pace);
  if (!ran) co_return ran;
  ran->kind = result.kind;
  if (ran->timed_out) forget_built(making->place);
  note_ended(folders.slot);
  if (ran->failure) {
    if (pace.idle && ran->kind == BuildKind::clean)
      remember_failure(setup, clean_key, folders.logs, *ran);
    co_return ran;
  }
  const auto keeping = [making] { return keep(*making); };
  const auto kept = co_await aside(keeping);
  if (!kept) co_return kept.error();
  co_return ran;
}

}  // namespace leakbisect::trial
