#include "probe/sampler.hpp"

#include "probe/collector.hpp"
#include "probe/heap_source.hpp"
#include "probe/pace.hpp"
#include "probe/recorder.hpp"
#include "probe/source_watch.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <variant>

namespace leakbisect::probe {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr auto attend_every = std::chrono::milliseconds(50);
constexpr double search_again_s = 0.5;  // a server that is no known runtime may yet start one

Clock::duration seconds(double s) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
}

Sources with_start(Sources sources) {
  if (sources.started == Clock::time_point{}) sources.started = Clock::now();
  return sources;
}

/// Waits until `when`; throws when cancelled, which ends the loop that called it.
asio::awaitable<void> pause_until(Clock::time_point when) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, when);
  co_await timer.async_wait(asio::use_awaitable);
}

/// Three loops side by side; the first that ends, ends them all.
class TreeSampler final : public Sampler {
 public:
  TreeSampler(SamplerSpec spec, Sources sources)
      : spec_(std::move(spec)),
        sources_(with_start(std::move(sources))),
        recorder_(spec_, sources_),
        heap_watch_("heap",
                    spec_.memory.metric == "heap_used" || spec_.memory.metric == "external"),
        settle_watch_("settle", spec_.memory.metric == "settled"),
        collector_(spec_.memory.settle.value_or(config::Settle{}).kind, sources_,
                   [this](const std::string& event) {
                     recorder_.generations().tell(recorder_.now_s(), event);
                   }) {}

  asio::awaitable<Result<>> run() override;
  const stats::Series& series() const override { return recorder_.series(); }
  Cost cost() const override { return recorder_.cost(); }
  std::optional<bool> keeps_ballast() const override {
    if (collector_.keeps_ballast()) return true;
    const bool asks = spec_.memory.settle && spec_.memory.settle->from_outside();
    if (!asks || has_no_runtime_) return false;
    return std::nullopt;
  }
  std::vector<std::string> events() const override { return recorder_.generations().events(); }

 private:
  asio::awaitable<Result<>> tree_loop();
  asio::awaitable<Result<>> heap_loop();
  asio::awaitable<Result<>> settle_loop();
  asio::awaitable<Result<bool>> collect_once();
  asio::awaitable<Result<bool>> settle_once();
  asio::awaitable<void> attend_until(Clock::time_point when);
  Result<> note(SourceWatch& watch, const Result<>& attempt) {
    return watch.note(recorder_.now_s(), recorder_.running_since_s(), attempt,
                      recorder_.generations());
  }

  SamplerSpec spec_;
  Sources sources_;
  Recorder recorder_;
  SourceWatch heap_watch_;
  SourceWatch settle_watch_;
  TreeCollector collector_;
  int read_ = 0;                 ///< collections that worked
  bool has_no_runtime_ = false;  ///< that could keep ballast, as the last collection found
};

asio::awaitable<Result<>> TreeSampler::tree_loop() {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  const Extra nothing;
  auto tick = Clock::now();
  for (;;) {
    const Result<> taken = recorder_.take(nothing);
    if (taken.has_error()) co_return taken;
    const auto period = seconds(1 / recorder_.rate_hz());
    // Ticks that were missed are left out, not made up for in a burst.
    tick += period * (1 + (Clock::now() - tick) / period);
    timer.expires_at(tick);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled) co_return Result<>{};
  }
}

asio::awaitable<Result<>> TreeSampler::heap_loop() {
  if (!spec_.memory.heap) co_await pause_until(Clock::time_point::max());
  const auto every = seconds(spec_.memory.heap->every_s);
  for (auto due = Clock::now();;) {
    co_await pause_until(due);
    due = std::max(due + every, Clock::now() + every / 2);
    bool answered = false;
    const auto reading = co_await read_heap(spec_, sources_, answered);
    if (answered) recorder_.note_answer();
    Result<> attempt;
    if (reading.has_error())
      attempt = reading.error();
    else
      recorder_.note_heap(*reading);
    const Result<> noted = note(heap_watch_, attempt);
    if (noted.has_error()) co_return noted;
  }
}

/// Through the runtimes' own tools. False when the tree has no runtime that can be told to.
asio::awaitable<Result<bool>> TreeSampler::collect_once() {
  const auto reading = co_await collector_.collect(recorder_.members());
  has_no_runtime_ =
      reading.has_value() && !collector_.keeps_ballast() && (!*reading || ++read_ > 1);
  if (reading.has_error()) co_return reading.error();
  if (!*reading) {
    const bool asked = spec_.memory.metric == "settled" ||
                       spec_.memory.settle->kind != config::Settle::Kind::automatic;
    if (asked) co_return fail("no process of the server is a runtime that can be made to collect");
    co_return false;
  }
  Extra extra;
  extra.settled = (*reading)->heap + (*reading)->external.value_or(0);
  extra.external = (*reading)->external;
  extra.requests = collector_.requests();
  const Result<> taken = recorder_.take(extra);
  if (taken.has_error()) co_return taken.error();
  co_return true;
}

asio::awaitable<Result<bool>> TreeSampler::settle_once() {
  if (spec_.memory.settle->from_outside()) co_return co_await collect_once();
  const Result<> settled = co_await settle(spec_, sources_);
  if (settled.has_error()) co_return settled.error();
  Extra extra;
  extra.settle_anon = !spec_.memory.heap;
  if (spec_.memory.heap) {
    bool answered = false;
    const auto reading = co_await read_heap(spec_, sources_, answered);
    if (reading.has_error()) co_return reading.error();
    extra.settled = reading->heap + reading->external.value_or(0);
    extra.external = reading->external;
  }
  const Result<> taken = recorder_.take(extra);
  if (taken.has_error()) co_return taken.error();
  co_return true;
}

asio::awaitable<void> TreeSampler::attend_until(Clock::time_point when) {
  while (Clock::now() < when) {
    const auto nap = Clock::now() + attend_every;
    co_await pause_until(std::min(nap, when));
    co_await collector_.attend();
  }
}

asio::awaitable<Result<>> TreeSampler::settle_loop() {
  if (!spec_.memory.settle) co_await pause_until(Clock::time_point::max());
  Pace pace(spec_.memory.settle->every_s);
  for (auto due = Clock::now();;) {
    co_await attend_until(due);
    due = Clock::now() + attend_every;
    if (!recorder_.running_since_s()) continue;
    const auto began = Clock::now();
    const Result<bool> attempt = co_await settle_once();
    const std::chrono::duration<double> took = Clock::now() - began;
    const bool useful = attempt.has_error() || *attempt;
    due = began + seconds(useful ? pace.after(took.count()) : search_again_s);
    Result<> noted;
    if (useful) noted = note(settle_watch_, attempt.has_error() ? attempt.error() : Result<>{});
    if (noted.has_error()) co_return noted;
  }
}

asio::awaitable<Result<>> TreeSampler::run() {
  using namespace asio::experimental::awaitable_operators;
  const Result<> opened = recorder_.open();
  if (opened.has_error()) co_return opened;
  const auto ended = co_await (tree_loop() || heap_loop() || settle_loop());
  recorder_.flush();
  co_return std::visit([](const Result<>& result) { return result; }, ended);
}

}  // namespace

std::unique_ptr<Sampler> make_sampler(SamplerSpec spec, Sources sources) {
  return std::make_unique<TreeSampler>(std::move(spec), std::move(sources));
}

}  // namespace leakbisect::probe
