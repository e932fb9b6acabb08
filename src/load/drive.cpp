#include "load/drive.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>

namespace leakbisect::load {

namespace asio = boost::asio;

namespace {

constexpr double rest_after_failure_s = 0.05;  // a closed loop would spin on a dead server

Drive::Clock::duration seconds(double s) {
  return std::chrono::duration_cast<Drive::Clock::duration>(std::chrono::duration<double>(s));
}

}  // namespace

Drive::Clock::time_point Drive::due(std::uint64_t number) const {
  return started_ + seconds(rhythm_.wall(static_cast<double>(number) / load_.rate));
}

double Drive::elapsed_s() const {
  const auto end = stopping_ ? stopped_ : Clock::now();
  return std::chrono::duration<double>(end - started_).count();
}

void Drive::spawn(const asio::any_io_executor& executor, asio::awaitable<void> coroutine) {
  ++live_;
  asio::co_spawn(executor, std::move(coroutine),
                 [self = shared_from_this()](const std::exception_ptr& thrown) {
                   --self->live_;
                   try {
                     if (thrown) std::rethrow_exception(thrown);
                   } catch (const std::exception& failure) {
                     self->error_ = failure.what();
                   }
                   if (thrown || self->live_ == 0) self->over_->cancel();
                 });
}

void Drive::start(const asio::any_io_executor& executor) {
  clock_ = std::make_unique<asio::steady_timer>(executor);
  over_ = std::make_unique<asio::steady_timer>(executor);
  started_ = Clock::now();
  for (int k = 0; k < load_.connections; ++k) {
    const WireManner manner{load_.keep_alive, load_.read_rate};
    auto wire =
        load_.tls ? make_tls_wire(executor, port_, manner) : make_wire(executor, port_, manner);
    lanes_.push_back(std::make_unique<Lane>(executor, std::move(wire)));
  }
  for (auto& lane : lanes_) spawn(executor, run_lane(*lane));
  spawn(executor, watch_timeouts());
}

void Drive::stop() {
  stopped_ = Clock::now();
  stopping_ = true;
  clock_->cancel();
  for (auto& lane : lanes_) {
    lane->timer.cancel();
    lane->wire->abort();
  }
}

asio::awaitable<void> Drive::until_cancelled() {
  co_await pause(*over_, Clock::time_point::max());
}

asio::awaitable<void> Drive::until_drained() {
  while (live_ > 0) co_await pause(*over_, Clock::time_point::max());
}

asio::awaitable<void> Drive::pause(asio::steady_timer& timer, Clock::time_point until) {
  timer.expires_at(until);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

std::uint64_t Drive::next_number() {
  if (!load_.closed) {
    // The queue of overdue requests is a gap between two numbers. It is bounded by the timeout:
    // what could not even be sent within it has failed.
    const double oldest = std::ceil(rhythm_.loaded(elapsed_s() - load_.timeout_s) * load_.rate);
    if (oldest > static_cast<double>(next_)) {
      const auto first = static_cast<std::uint64_t>(oldest);
      counts_.skipped += first - next_;
      next_ = first;
    }
  }
  return next_++;
}

asio::awaitable<void> Drive::run_lane(Lane& lane) {
  const auto self = shared_from_this();
  while (!stopping_) {
    if (load_.closed && !rhythm_.steady()) {
      const double now_s = elapsed_s();
      const double on_s = rhythm_.next_on(now_s);
      if (on_s > now_s) co_await pause(lane.timer, started_ + seconds(on_s));
      if (stopping_) break;
    }
    const std::uint64_t number = next_number();
    auto now = Clock::now();
    if (!load_.closed) {
      const auto planned = due(number);
      if (now < planned) {
        co_await pause(lane.timer, planned);
        if (stopping_) break;
        now = Clock::now();
      }
      if (omits(number)) continue;
      lateness_.note(std::chrono::duration<double>(now - planned).count());
    }
    const Request request = sequence_.request(number, lane.text);
    lane.sent_at = now;
    lane.busy = true;
    note_busy(+1);
    ++counts_.sent;
    if (mix_) mix_->note_sent(sequence_.choice(number));
    const Answer answer = co_await lane.wire->exchange(request);
    lane.busy = false;
    note_busy(-1);
    if (stopping_ && !answer.complete) break;
    note(number, answer);
    if (mix_) mix_->note_end(sequence_.choice(number), answer.complete ? answer.status : 0);
    const double rest_s = answer.complete ? load_.think_s : rest_after_failure_s;
    if (load_.closed && rest_s > 0 && !stopping_)
      co_await pause(lane.timer, Clock::now() + seconds(rest_s));
  }
}

bool Drive::omits(std::uint64_t number) {
  if (!mix_ || mix_->is_on(sequence_.choice(number))) return false;
  ++counts_.omitted;
  return true;
}

void Drive::note(std::uint64_t number, const Answer& answer) {
  Answers& entry = counts_.by_request[sequence_.choice(number)];
  counts_.bytes += answer.bytes;
  if (!answer.complete) {
    ++counts_.failed;
    ++entry.failed;
    return;
  }
  ++counts_.answered;
  if (answer.status != 0) {
    ++counts_.status[answer.status];
    ++entry.status[answer.status];
  }
}

void Drive::note_busy(int change) {
  const bool were_all = busy_ == load_.connections;
  busy_ += change;
  const auto now = stopping_ ? stopped_ : Clock::now();
  if (were_all) counts_.all_busy_s += std::chrono::duration<double>(now - all_busy_since_).count();
  if (busy_ == load_.connections) all_busy_since_ = now;
}

/// One clock for all lanes: a timer a request would cost more than the request. So a timeout comes
/// up to a twentieth late.
asio::awaitable<void> Drive::watch_timeouts() {
  const auto self = shared_from_this();
  while (!stopping_) {
    co_await pause(*clock_, Clock::now() + seconds(load_.timeout_s / 20));
    const auto oldest = Clock::now() - seconds(load_.timeout_s);
    for (auto& lane : lanes_)
      if (lane->busy && lane->sent_at < oldest) lane->wire->abort();
  }
}

Counts Drive::counts() const {
  Counts counts = counts_;
  counts.planned = counts.sent;
  counts.lateness_p50_s = lateness_.quantile(0.5);
  counts.lateness_p99_s = lateness_.quantile(0.99);
  counts.lateness_max_s = lateness_.largest();
  if (lanes_.empty()) return counts;
  counts.loaded_s = rhythm_.loaded(elapsed_s());
  if (busy_ == load_.connections)
    counts.all_busy_s += std::max(
        0.0, elapsed_s() - std::chrono::duration<double>(all_busy_since_ - started_).count());
  if (load_.closed) return counts;
  const double due_now = std::floor(rhythm_.loaded(elapsed_s()) * load_.rate) + 1;
  const auto due = static_cast<std::uint64_t>(due_now) - counts.omitted;
  counts.planned = std::max(counts.sent + counts.skipped, due);
  const double next_s = rhythm_.wall(static_cast<double>(next_) / load_.rate);
  const double overdue_s = elapsed_s() - next_s;
  counts.lateness_max_s = std::max(counts.lateness_max_s, overdue_s);
  return counts;
}

}  // namespace leakbisect::load
