#include "trial/trial.hpp"

#include "base/files.hpp"
#include "base/quantity.hpp"
#include "probe/node_options.hpp"
#include "subject/process.hpp"
#include "trial/build.hpp"
#include "trial/measure.hpp"

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

// Everything of one trial that its steps share.
struct Run {
  const Setup& setup;
  const Plan& plan;
  const OnStep& on_step;
  Record& record;
  fs::path slot;
  fs::path folder;
  std::unique_ptr<subject::Process> server;
  std::uint16_t port = 0;

  void step(const char* name) const {
    on_step(Step{name, 0, record.requests, record.decision, record.build_seconds});
  }
  bool untestable(std::string reason) const {
    record.kind = OutcomeKind::untestable;
    record.reason = std::move(reason);
    return false;
  }
  bool broken(std::string reason) const {
    record.kind = OutcomeKind::error;
    record.reason = std::move(reason);
    return false;
  }
};

// A free port, or the user's fixed one once nobody holds it.
asio::awaitable<Result<std::uint16_t>> pick_port(const config::Subject& subject) {
  if (!subject.port) co_return subject::free_port();
  const bool free = co_await subject::wait_port_free(*subject.port, 10);
  if (!free)
    co_return fail(
        "port {} is held by another process: end it, or leave out /subject/port to get a "
        "free one each trial",
        *subject.port);
  co_return *subject.port;
}

Placeholders placeholders_of(const Run& run, const units::Applied& applied) {
  Placeholders values = applied.placeholders;
  const auto* http = std::get_if<config::HttpLoad>(&run.setup.hunt->load.kind);
  const char* scheme = http && http->tls ? "https" : "http";
  values["port"] = std::to_string(run.port);
  values["url"] = fmt::format("{}://127.0.0.1:{}", scheme, run.port);
  values["directory"] = applied.directory.string();
  values["trial"] = run.record.id;
  values["seed"] = std::to_string(run.setup.hunt->search.seed);
  return values;
}

subject::LaunchSpec server_spec(const Run& run, const units::Applied& applied,
                                const Placeholders& values) {
  const config::Subject& subject = *run.setup.hunt->subject;
  subject::LaunchSpec spec;
  spec.command = filled(subject.start, values);
  for (const std::string& argument : applied.arguments)
    spec.command.argv.push_back(fill(argument, values));
  spec.directory = applied.directory;
  for (const auto& [name, value] : subject.env) spec.env[name] = fill(value, values);
  for (const auto& [name, value] : applied.env) spec.env[name] = fill(value, values);
  if (const auto inspector = subject::free_port())
    probe::let_node_settle(run.setup.hunt->memory, *inspector, spec.env);
  spec.stdout_file = run.folder / "server.out";
  spec.stderr_file = run.folder / "server.err";
  spec.log_cap_bytes = subject.log_cap_bytes;
  spec.memory_cap_bytes = run.setup.hunt->limits.memory_bytes;
  spec.name = run.record.id + "-server";
  spec.state_directory = run.setup.directory / "state";
  return spec;
}

// Apply, build. True when there is something to start.
asio::awaitable<bool> prepare(Run& run, units::Applied& applied) {
  run.step("applying");
  const auto applied_or =
      co_await apply(run.setup, run.plan.source, run.record.configuration, run.slot / "tree");
  if (!applied_or) co_return run.broken(applied_or.error().message);
  applied = *applied_or;
  if (applied.untestable) co_return run.untestable(*applied.untestable);
  run.step("building");
  const auto built = co_await build(run.setup, applied, run.slot, run.folder);
  if (!built) co_return run.broken(built.error().message);
  run.record.build_seconds = built->seconds;
  run.record.build_cached = built->cached;
  if (built->failure) co_return run.untestable(*built->failure);
  co_return true;
}

// Start, wait until ready, load and decide. The server is stopped by the caller, whatever happens.
asio::awaitable<void> serve(Run& run, const units::Applied& applied) {
  run.step("starting");
  const auto port = co_await pick_port(*run.setup.hunt->subject);
  if (!port) {
    run.broken(port.error().message);
    co_return;
  }
  run.port = *port;
  const Placeholders values = placeholders_of(run, applied);
  const subject::LaunchSpec spec = server_spec(run, applied, values);
  const auto executor = co_await asio::this_coro::executor;
  const auto started = std::chrono::steady_clock::now();
  auto launched = subject::launch(executor, spec);
  if (!launched) {
    run.untestable(launched.error().message);
    co_return;
  }
  run.server = std::move(*launched);
  Measurement measurement{run.setup, run.plan,   run.record, *run.server, run.port,
                          started,   run.folder, values,     run.on_step};
  co_await measure(measurement);
}

// Ends the server's tree and makes sure that its port is free again.
asio::awaitable<void> stop(Run& run) {
  run.step("stopping");
  const config::Subject& subject = *run.setup.hunt->subject;
  const subject::StopReport report = co_await run.server->stop(subject.stop);
  if (report.ignored_signal)
    run.record.events.push_back(fmt::format("ignored the stop signal for {} and was killed",
                                            format_duration(subject.stop.grace_s)));
  if (report.strays_killed > 0)
    run.record.events.push_back(
        fmt::format("{} processes outlived the server and were killed", report.strays_killed));
  run.server.reset();
  const bool free = co_await subject::wait_port_free(run.port, 30);
  if (!free)
    run.record.events.push_back(
        fmt::format("port {} was still held 30 s after the trial", run.port));
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

}  // namespace

fs::path folder_of(const fs::path& directory, const std::string& id) {
  return directory / "trials" / id;
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
    units::Applied applied;
    const bool startable = co_await prepare(run, applied);
    use_mix(setup, applied, plan);
    if (startable) co_await serve(run, applied);
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
