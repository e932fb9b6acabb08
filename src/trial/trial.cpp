#include "trial/trial.hpp"

#include "base/files.hpp"
#include "trial/prepare.hpp"
#include "trial/run.hpp"

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace leakbisect::trial {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using strategies::OutcomeKind;

namespace {

void note_spoilt(const Run& run, const std::string& what) {
  Record& record = run.record;
  record.build_spoilt = what;
  if (!run.setup.trust) return;
  BuildTrust after = *run.setup.trust;
  after.note(record);
  const std::string said = after.said();
  if (!said.empty()) record.build_spoilt += "; " + said;
}

// Apply, build. True when there is something to start.
asio::awaitable<bool> prepare_run(Run& run, bool clean, units::Applied& applied) {
  run.step("applying");
  run.record.stage = Stage::build;
  Order order{run.plan.source, run.record.configuration, run.slot, run.folder, clean, {}};
  order.on_build = [&run](BuildKind kind) {
    Step step{"building", 0, run.record.requests, run.record.decision, run.record.build_seconds};
    step.build = kind;
    run.on_step(step);
  };
  const auto ready = co_await prepare(run.setup, order);
  if (!ready) co_return run.broken(ready.error().message);
  applied = ready->applied;
  run.record.build = ready->build.kind;
  run.record.build_seconds += ready->build.seconds;
  run.record.build_cached = ready->build.cached;
  if (!ready->spoilt.empty())
    note_spoilt(run,
                fmt::format("what an earlier build had left spoilt this one ({}); from a clean "
                            "tree it succeeded",
                            ready->spoilt));
  run.record.is_built = !ready->build.failure;
  if (ready->build.failure)
    co_return run.untestable(
        fmt::format("{}; see trials/{}/build.log", *ready->build.failure, run.record.id));
  if (ready->untestable) co_return run.untestable(*ready->untestable);
  if (run.plan.build_only) {
    run.record.kind = OutcomeKind::measured;
    run.record.reason = "it builds; it was not started";
  }
  co_return !run.plan.build_only;
}

// Samples must be on disk before the journal says that the trial is done.
void sync_samples(const fs::path& folder) {
  const int fd = ::open((folder / "samples.csv").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

// The load of a configuration that leaves requests out.
void use_mix(const Setup& setup, const units::Applied& applied, Plan& plan) {
  const auto* http = std::get_if<config::HttpLoad>(&setup.hunt->load.kind);
  if (plan.mix || applied.requests_off.empty() || http == nullptr) return;
  plan.mix = std::make_shared<load::Mix>(http->requests.size());
  plan.mix->switch_to(applied.requests_off);
}

// One start of the server, from its files to its end.
asio::awaitable<void> attempt(Run& run, bool clean) {
  units::Applied applied;
  const bool startable = co_await prepare_run(run, clean, applied);
  use_mix(run.setup, applied, run.plan);
  if (startable) co_await serve(run, applied);
}

// A server that does not come up, or does not last, may do so by what an earlier build had left.
bool is_doubted(const Record& record) {
  return record.build == BuildKind::incremental && record.kind != OutcomeKind::measured &&
         record.kind != OutcomeKind::cancelled && !record.lost;
}

void set_files_aside(const fs::path& folder) {
  std::error_code ignored;
  const fs::path aside = folder / "incremental";
  fs::create_directories(aside, ignored);
  for (const char* name : {"build.log", "server.out", "server.err", "load.log", "samples.csv"})
    fs::rename(folder / name, aside / name, ignored);
}

// The same on a clean build: what that shows counts.
asio::awaitable<void> attempt_cleanly(Run& run) {
  if (run.server) co_await stop(run);
  const Record first = run.record;
  set_files_aside(run.folder);
  run.record = begin_record(run.setup, run.plan, first.slot);
  run.record.started_at = first.started_at;
  run.record.build_seconds = first.build_seconds;
  co_await attempt(run, true);
  if (run.record.kind != OutcomeKind::measured) co_return;
  note_spoilt(run, fmt::format("on what an earlier build had left the server failed ({}); on a "
                               "clean build it did not",
                               first.reason));
}

}  // namespace

fs::path folder_of(const fs::path& directory, const std::string& id) {
  return directory / "trials" / id;
}

bool needs_clean_build(const Plan& plan) {
  switch (plan.purpose) {
    case Purpose::control_bad:
    case Purpose::control_good:
    case Purpose::end_search:
    case Purpose::proof_on:
    case Purpose::proof_off:
    case Purpose::single:
    case Purpose::positive_control:
      return true;
    case Purpose::search:
    case Purpose::drill:
      break;
  }
  return plan.clean_build;
}

Result<stats::Series> read_samples(const fs::path& file) {
  const auto text = read_file(file);
  if (!text) return text.error();
  auto series = stats::parse_csv(*text);
  if (!series) return series.error().within(file.string());
  return series;
}

asio::awaitable<Record> run_trial(const Setup& setup, Plan plan, int slot, OnStep on_step) {
  Record record = begin_record(setup, plan, slot);
  Run run{setup,
          plan,
          on_step,
          record,
          setup.directory / "slots" / std::to_string(slot),
          folder_of(setup.directory, plan.id),
          nullptr,
          0};
  const auto began = std::chrono::steady_clock::now();
  std::error_code failed;
  fs::remove_all(run.folder, failed);  // an earlier attempt that never ended
  fs::create_directories(run.folder, failed);
  if (!failed) fs::create_directories(run.slot, failed);
  if (failed) {
    record.reason = fmt::format("cannot make {}: {}", run.folder.string(), failed.message());
    co_return record;
  }
  try {
    const bool clean = needs_clean_build(plan) || (setup.trust && setup.trust->wants_clean());
    co_await attempt(run, clean);
    if (is_doubted(record)) co_await attempt_cleanly(run);
  } catch (const boost::system::system_error& error) {
    record.kind = error.code() == asio::error::operation_aborted ? OutcomeKind::cancelled
                                                                 : OutcomeKind::error;
    record.reason = error.code() == asio::error::operation_aborted ? "cancelled" : error.what();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (run.server) co_await stop(run);
  sync_samples(run.folder);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  record.seconds = std::max(0.0, took.count() - record.build_seconds);
  co_return record;
}

}  // namespace leakbisect::trial
