#include "executor/executor.hpp"
#include "executor/slots.hpp"
#include "executor/standing_server.hpp"
#include "stats/points.hpp"
#include "stats/window.hpp"
#include "trial/measure.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <fstream>

namespace leakbisect::executor {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using strategies::OutcomeKind;

// After a switch, until requests of the old mix have been answered and the new one has set in.
constexpr double transition_s = 0.5;
constexpr double least_warm_s = 3;
// A server that takes over from another (after its death, or when a hunt goes on) must be past what
// the controls saw pass in theirs: filling caches, above all.
constexpr double successor_warm_s = 40;

double since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

double span_of(const stats::Series& samples) {
  return samples.size() < 2 ? 0 : samples.back().t_s - samples.front().t_s;
}

bool restarted(const stats::Series& samples) {
  const auto generation = stats::generations(samples);
  return !generation.empty() && generation.back() > 0;
}

void write_samples(const fs::path& folder, const stats::Series& samples) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  fs::create_directories(folder, ignored);
  std::ofstream file(folder / "samples.csv");
  file << stats::csv_header();
  for (const stats::Sample& sample : samples) file << stats::csv_line(sample);
}

class RoutesExecutor final : public Executor {
 public:
  RoutesExecutor(trial::Setup setup, OnProgress progress)
      : setup_(std::move(setup)),
        progress_(std::move(progress)),
        fresh_(make_local_executor(setup_, 1, progress_)) {}

  int slots() const override { return 1; }
  bool needs_ends() const override { return true; }

  asio::awaitable<trial::Record> run(trial::Plan plan) override {
    if (plan.window) co_return co_await run_window(std::move(plan));
    co_await finish();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return cancelled(plan);
    co_return co_await fresh_->run(std::move(plan));
  }

  asio::awaitable<void> finish() override {
    if (!server_) co_return;
    // Whatever is cancelled, the server has to be gone before anything else may be.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await server_->stop();
    server_.reset();
    co_await asio::this_coro::throw_if_cancelled(throws);
  }

 private:
  [[nodiscard]] trial::Record cancelled(const trial::Plan& plan) const {
    trial::Record record = trial::begin_record(setup_, plan, 0);
    record.kind = OutcomeKind::cancelled;
    record.reason = "cancelled";
    return record;
  }

  asio::awaitable<trial::Record> run_window(trial::Plan plan) {
    trial::Record record = trial::begin_record(setup_, plan, 0);
    const auto began = std::chrono::steady_clock::now();
    try {
      const bool warm = co_await make_warm(plan, record);
      if (warm) co_await measure(plan, record);
    } catch (const boost::system::system_error& error) {
      record.kind = OutcomeKind::error;
      record.reason = error.what();
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      co_await asio::this_coro::throw_if_cancelled(false);
      co_await finish();
      co_return cancelled(plan);
    }
    record.seconds = since(began);
    co_return record;
  }

  // True when the server is up and has had its warm-up under the whole mix.
  asio::awaitable<bool> make_warm(const trial::Plan& plan, trial::Record& record) {
    const double rate = std::get<config::HttpLoad>(setup_.hunt->load.kind).rate;
    if (server_ && server_rate_ != rate) co_await finish();  // it was lowered
    server_rate_ = rate;
    if (server_ && server_->ended()) server_.reset();
    if (!server_) co_await start(plan);
    server_->mix().switch_to({});
    const bool successor = !trial::is_control(plan.purpose);
    const double warm_s =
        std::max(successor ? successor_warm_s : least_warm_s, 2 * setup_.hunt->memory.warmup_s);
    while (!warm_ && !server_->ended()) {
      const stats::Series& samples = server_->samples();
      const auto loaded = std::ranges::find_if(
          samples, [](const stats::Sample& sample) { return sample.requests > 0; });
      warm_ = loaded != samples.end() && samples.back().t_s - loaded->t_s >= warm_s;
      if (!warm_) co_await server_->news();
    }
    if (!server_->ended()) co_return true;
    record.reason = "the server for windows is not there: " + server_->reason();
    co_return false;
  }

  asio::awaitable<void> start(const trial::Plan& plan) {
    const auto io = co_await asio::this_coro::executor;
    const auto& http = std::get<config::HttpLoad>(setup_.hunt->load.kind);
    std::string id;
    do {
      id = fmt::format("server-{}", ++servers_);
    } while (fs::exists(trial::folder_of(setup_.directory, id)));
    server_ = std::make_shared<StandingServer>(io, id, http.requests.size());
    warm_ = false;
    const auto on_step = [this, plan](const trial::Step& step) {
      if (!warm_) progress_(plan, step);
    };
    server_->start(setup_, on_step);
  }

  asio::awaitable<void> measure(const trial::Plan& plan, trial::Record& record) {
    record.stage = trial::Stage::load;
    StandingServer& server = *server_;
    const std::vector<std::size_t> off = setup_.source->requests_of(plan.configuration.off);
    server.mix().switch_to(off);
    server.forget();
    while (span_of(server.samples()) < transition_s && !server.ended()) co_await server.news();
    const double from_s = server.samples().empty() ? 0 : server.samples().back().t_s;
    const std::vector<load::Tally> before = server.mix().tallies();
    stats::Series window;
    while (!server.ended() && !record.decision.final && span_of(window) < plan.max_load_s) {
      co_await server.news();
      window = stats::stretch(server.samples(), from_s);
      record.decision = plan.look(window);
      record.requests = window.empty() ? 0 : window.back().requests;
      progress_(plan, {"measuring", span_of(window), record.requests, record.decision});
    }
    count(record, before, off, span_of(window));
    write_samples(trial::folder_of(setup_.directory, record.id), window);
    record.events.push_back(
        fmt::format("{:.1f} to {:.1f} s of {}", from_s, from_s + span_of(window), server.id()));
    conclude(record, window, plan.ends);
  }

  // What the requests of the window were answered. Growth is weighed per second, so what was due
  // and not sent counts as not answered.
  void count(trial::Record& record, const std::vector<load::Tally>& before,
             const std::vector<std::size_t>& off, double seconds) const {
    const auto& http = std::get<config::HttpLoad>(setup_.hunt->load.kind);
    load::Counts& counts = record.counts;
    for (std::size_t i = 0; i < http.requests.size(); ++i) {
      const load::Tally done = server_->mix().tallies()[i].since(before[i]);
      counts.sent += done.sent;
      counts.answered += done.answered;
      counts.failed += done.failed;
      for (const auto& [status, number] : done.status) counts.status[status] += number;
      counts.by_request.push_back({config::route_name(http.requests[i]), done.status, done.failed});
    }
    counts.loaded_s = seconds;
    // Arrivals are drawn at random among the routes: three standard deviations may be missing.
    const double due = rate_on(off) * seconds;
    const double missing = due - static_cast<double>(counts.sent) - 3 * std::sqrt(due);
    if (missing > 0) counts.skipped = static_cast<std::uint64_t>(missing);
    counts.planned = counts.sent + counts.skipped;
    if (off.size() == http.requests.size()) counts.omitted = 1;  // nothing was to be sent
  }

  void conclude(trial::Record& record, const stats::Series& window,
                const std::vector<load::Counts>& ends) {
    if (server_->ended()) {
      record.reason = "the server ended in this window: " + server_->reason();
    } else if (restarted(window)) {
      record.reason = "the server restarted in this window, and is warmed up again";
      warm_ = false;
      server_->forget();
    } else {
      trial::weigh_load(record, {ends, load::expected_of(setup_.hunt->load), true});
    }
    if (record.kind != OutcomeKind::measured) record.decision = {};
  }

  // Requests a second when these are off.
  [[nodiscard]] double rate_on(const std::vector<std::size_t>& off) const {
    const auto& http = std::get<config::HttpLoad>(setup_.hunt->load.kind);
    double all = 0;
    double on = 0;
    for (std::size_t i = 0; i < http.requests.size(); ++i) {
      all += http.requests[i].weight;
      if (std::ranges::find(off, i) == off.end()) on += http.requests[i].weight;
    }
    return http.rate * on / all;
  }

  trial::Setup setup_;
  OnProgress progress_;
  std::unique_ptr<Executor> fresh_;
  std::shared_ptr<StandingServer> server_;
  bool warm_ = false;
  double server_rate_ = 0;
  int servers_ = 0;
};

}  // namespace

std::unique_ptr<Executor> make_routes_executor(trial::Setup setup, OnProgress progress) {
  return std::make_unique<RoutesExecutor>(std::move(setup), std::move(progress));
}

}  // namespace leakbisect::executor
