#include "trial/measure.hpp"

#include "base/files.hpp"
#include "base/quantity.hpp"
#include "trial/answer_watch.hpp"
#include "trial/ballast_feed.hpp"
#include "trial/clients.hpp"
#include "trial/own_commands.hpp"
#include "trial/told_port.hpp"
#include "trial/witness_watch.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <cmath>

namespace leakbisect::trial {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using strategies::OutcomeKind;

namespace {

// The measurement with what is made on the way; the coroutines below share it.
struct Live {
  Measurement& m;
  AnswerWatch answers;
  std::unique_ptr<probe::Sampler> sampler;
  std::unique_ptr<load::Load> load;
  Clients& clients;
  BallastFeed ballast;
  std::chrono::steady_clock::time_point load_started{};
  bool ready = false;

  [[nodiscard]] double age_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m.started).count();
  }
  [[nodiscard]] double load_age_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - load_started).count();
  }
  void report(const char* name) const {
    m.on_step(Step{name, age_s(), m.record.requests, m.record.decision});
  }
};

std::unique_ptr<probe::Sampler> sampler_for(Live& live) {
  Measurement& m = live.m;
  probe::SamplerSpec spec;
  spec.memory = m.setup.hunt->memory;
  if (!m.plan.collects) spec.memory.settle.reset();
  spec.cap_bytes = m.setup.hunt->limits.memory_bytes;
  spec.csv_file = m.folder / "samples.csv";
  spec.state_directory = m.setup.directory / "state";
  spec.placeholders = m.placeholders;
  probe::Sources sources;
  sources.tree = [&live] { return live.answers.measured(); };
  sources.group_memory = [&live] { return live.answers.group_memory(); };
  sources.requests = [&live] {
    if (!live.load) return std::pair(0.0, 0.0);
    const load::Counts counts = live.load->counts();
    return std::pair(static_cast<double>(counts.requests()), static_cast<double>(counts.failed));
  };
  sources.over_cap = [&m](double) { m.server.kill_for_memory(); };
  sources.run_command = [&m](config::Command command) { return run_reader(m, std::move(command)); };
  sources.ready = [&live] { return live.ready; };
  if (m.plan.ballast) sources.ballast = [&live] { return live.ballast.of_runtime(); };
  sources.started = m.started;
  sources.port = m.port;
  sources.pid = m.server.pid();
  return probe::make_sampler(std::move(spec), std::move(sources));
}

Result<std::unique_ptr<load::Load>> load_for(const Measurement& m) {
  load::Target target;
  target.port = m.port;
  target.seed = m.setup.hunt->search.seed;
  target.log_file = m.folder / "load.log";
  target.directory = m.placeholders.at("directory");
  target.placeholders = m.placeholders;
  target.mix = m.plan.mix;
  target.run_command = [&m](config::Command command, std::filesystem::path log) {
    return run_load_command(m, std::move(command), std::move(log));
  };
  return load::make_load(m.setup.hunt->load, target);
}

WitnessSources witness_sources(Live& live) {
  return {[&live] { return live.answers.measured(); },
          [&live] { return static_cast<double>(live.load->counts().requests()); }, live.m.port,
          live.m.placeholders.at("directory")};
}

// Looks every quarter second until the rule is final or the time is up.
asio::awaitable<void> decide(Live& live) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (true) {
    timer.expires_after(250ms);
    co_await timer.async_wait(asio::use_awaitable);
    live.m.record.decision = live.m.plan.look(live.sampler->series());
    live.m.record.requests = static_cast<double>(live.load->counts().requests());
    live.report("measuring");
    if (live.m.record.decision.final || live.load_age_s() >= live.m.plan.max_load_s) co_return;
  }
}

void untestable(Record& record, std::string reason) {
  record.kind = OutcomeKind::untestable;
  record.decision = {};
  record.reason = std::move(reason);
}

// Decision made: it is as sure as the load lets it be.
void conclude_decided(Live& live) {
  if (const auto wrong = live.answers.fault()) return untestable(live.m.record, *wrong);
  live.clients.look();
  const auto doubt = live.clients.doubt(live.answers.measured());
  if (doubt && live.m.record.decision.verdict != stats::Verdict::leaking)
    return untestable(live.m.record, *doubt);
  const load::Normal normal{live.m.plan.ends, load::expected_of(live.m.setup.hunt->load)};
  weigh_load(live.m.record, normal);
}

// The server hit its memory cap. That is a leak only where the clean end got further under the cap.
void conclude_out_of_memory(Live& live) {
  Record& record = live.m.record;
  const auto cap = live.m.setup.hunt->limits.memory_bytes;
  const std::string what =
      fmt::format("hit its memory cap{} after {:.0f} requests",
                  cap ? " of " + format_bytes(*cap) : std::string(), record.requests);
  record.decision = live.m.plan.look(live.sampler->series());
  const auto& survived = live.m.plan.clean_control_requests;
  if (record.decision.verdict == stats::Verdict::undecided && survived &&
      record.requests < *survived) {
    record.decision.verdict = stats::Verdict::leaking;
    record.decision.llr = std::log(99.0);
    record.decision.reason = fmt::format("{}; the clean control survived {:.0f}", what, *survived);
  }
  record.kind = record.decision.verdict == stats::Verdict::leaking ||
                        live.m.plan.purpose == Purpose::control_bad
                    ? OutcomeKind::measured
                    : OutcomeKind::untestable;
  record.reason = what;
}

void conclude_exit(Live& live, const subject::Exit& exit) {
  if (exit.out_of_memory) return conclude_out_of_memory(live);
  live.m.record.kind = OutcomeKind::error;
  live.m.record.reason =
      fmt::format("the server ended under load ({}) after {} and {:.0f} requests", to_string(exit),
                  format_duration(live.age_s()), live.m.record.requests);
}

// Ready, then load, looks and the server's end side by side: whichever ends first says what it was.
asio::awaitable<void> drive(Live& live) {
  Record& record = live.m.record;
  config::Ready ready_rule = live.m.setup.hunt->subject->ready;
  ready_rule.timeout_s = live.m.plan.patience_s.value_or(ready_rule.timeout_s);
  const auto ready =
      co_await come_up(live.m.server, ready_rule, live.m.port, live.m.port_is_told, live.m.folder);
  if (!ready.ready) {
    untestable(record, ready.reason);
    co_return;
  }
  live.ready = true;
  live.answers.begin();
  record.ready_seconds = ready.seconds;
  record.stage = Stage::load;
  auto made = load_for(live.m);
  if (!made) {
    record.reason = made.error().message;
    co_return;
  }
  live.load = std::move(*made);
  co_await live.ballast.begin(*live.sampler, *live.load);
  live.clients.begin();
  live.load_started = std::chrono::steady_clock::now();
  HostWatch host([&live] { return live.answers.measured(); });
  const WitnessSources recorded = witness_sources(live);
  const auto ended =
      co_await (live.load->run() || decide(live) || live.m.server.wait() || live.answers.run() ||
                host.run() || live.ballast.run() || live.clients.run() ||
                record_witness(live.m.plan.witness.get(), recorded));
  record.counts = live.load->counts();
  record.host = host.load();
  record.requests = static_cast<double>(record.counts.requests());
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  if (ended.index() == 0) {
    // A dying server breaks its load first: give its end a moment to be seen.
    asio::steady_timer moment(co_await asio::this_coro::executor, 100ms);
    co_await moment.async_wait(asio::use_awaitable);
  }
  if (const auto exit = live.m.server.exited())
    conclude_exit(live, *exit);
  else if (ended.index() == 3)
    untestable(record, std::get<3>(ended));
  else if (ended.index() == 1)
    conclude_decided(live);
  else if (ended.index() == 0 && !std::get<0>(ended))
    record.reason = std::get<0>(ended).error().message;
  else
    record.reason = "the load ended before the trial did";
}

int restarts_in(const stats::Series& series) {
  int count = 0;
  for (std::size_t i = 1; i < series.size(); ++i)
    if (series[i].newest_pid != series[i - 1].newest_pid) ++count;
  return count;
}

}  // namespace

asio::awaitable<void> measure(Measurement& measurement) {
  const bool own_load = std::holds_alternative<config::HttpLoad>(measurement.setup.hunt->load.kind);
  AnswerWatch answers(measurement.server,
                      {measurement.port, own_load, measurement.switched_env, measurement.started});
  Clients clients(measurement.port, own_load);
  Live live{measurement, std::move(answers),
            nullptr,     nullptr,
            clients,     BallastFeed(measurement.server, clients, measurement.plan.ballast)};
  live.sampler = sampler_for(live);
  const auto ended = co_await (live.sampler->run() || drive(live));
  Record& record = measurement.record;
  record.sampling = live.sampler->cost();
  for (std::string& event : live.sampler->events()) record.events.push_back(std::move(event));
  live.answers.note(record);
  live.ballast.note(record);
  record.restarts = restarts_in(live.sampler->series());
  // A cancelled sampler may end before the rest and without an error: that is no outcome.
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  if (ended.index() == 0 && !std::get<0>(ended)) {
    record.kind = OutcomeKind::error;
    record.reason = "sampling failed: " + std::get<0>(ended).error().message;
  }
}

}  // namespace leakbisect::trial
