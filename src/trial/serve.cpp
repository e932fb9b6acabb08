#include "base/quantity.hpp"
#include "probe/node_options.hpp"
#include "subject/procfs.hpp"
#include "subject/socket_holders.hpp"
#include "trial/build.hpp"
#include "trial/measure.hpp"
#include "trial/run.hpp"
#include "trial/told_port.hpp"

#include <boost/asio/this_coro.hpp>

#include <chrono>

namespace leakbisect::trial {

namespace asio = boost::asio;

namespace {

// A free port, or the user's fixed one once nobody holds it.
asio::awaitable<Result<std::uint16_t>> pick_port(const config::Subject& subject) {
  if (!subject.port) co_return subject::free_port();
  const bool free = co_await subject::wait_port_free(*subject.port, 10);
  if (!free)
    co_return fail(
        "port {} is held by {}: end it, or leave out /subject/port to get a free one each trial",
        *subject.port, subject::listeners_on(*subject.port));
  co_return *subject.port;
}

Placeholders placeholders_of(const Run& run, const units::Applied& applied) {
  Placeholders values = applied.placeholders;
  const auto* http = std::get_if<config::HttpLoad>(&run.setup.hunt->load.kind);
  const char* scheme = http && http->tls ? "https" : "http";
  values["port"] = std::to_string(run.port);
  values["url"] = fmt::format("{}://127.0.0.1:{}", scheme, run.port);
  values["directory"] = applied.directory.string();
  values["hunt_directory"] = run.setup.hunt->file.parent_path().string();
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
  config::Memory memory = run.setup.hunt->memory;
  if (run.plan.witness) memory.settle = config::Settle{};  // its recorder needs the inspector
  if (const auto inspector = subject::free_port())
    probe::let_node_settle(memory, *inspector, spec.env);
  spec.stdout_file = run.folder / "server.out";
  spec.stderr_file = run.folder / "server.err";
  spec.log_cap_bytes = subject.log_cap_bytes;
  spec.memory_cap_bytes = run.setup.hunt->limits.memory_bytes;
  spec.name = run.record.id + "-server";
  spec.state_directory = run.setup.directory / "state";
  return spec;
}

// Whoever was followed is not ours to end. What a later trial is answered by an older process, it
// will not count.
void note_survivors(Record& record) {
  for (const FollowedProcess& one : record.followed) {
    const auto now = subject::read_stat(one.pid);
    if (!now || !now->alive() || now->id.start != one.start) continue;
    record.events.push_back(
        fmt::format("process {} ({}) goes on after the trial; leakbisect ends only what it started",
                    one.pid, one.command));
  }
}

}  // namespace

asio::awaitable<void> serve(Run& run, const units::Applied& applied) {
  run.step("starting");
  run.record.stage = Stage::start;
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
                          started,   run.folder, values,     {},          run.on_step};
  for (const auto& [name, value] : applied.env) measurement.switched_env[name] = spec.env.at(name);
  measurement.port_is_told = port_is_told(*run.setup.hunt, applied);
  co_await measure(measurement);
}

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
    run.record.events.push_back(fmt::format("port {} was still held 30 s after the trial, by {}",
                                            run.port, subject::listeners_on(run.port)));
  note_survivors(run.record);
}

}  // namespace leakbisect::trial
