#include "trial/ballast_feed.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace leakbisect::trial {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto feed_every = 50ms;
constexpr auto known_within = 5s;    // until it is known whether a runtime keeps it
constexpr auto settling_in = 200ms;  // of the process beside the server

}  // namespace

asio::awaitable<void> BallastFeed::begin(const probe::Sampler& sampler, const load::Load& load) {
  if (!per_request_) co_return;
  sampler_ = &sampler;
  load_ = &load;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  const auto asked = std::chrono::steady_clock::now();
  while (!sampler.keeps_ballast() && std::chrono::steady_clock::now() - asked < known_within) {
    timer.expires_after(feed_every);
    co_await timer.async_wait(asio::use_awaitable);
  }
  feed();
  if (keeper_) {
    timer.expires_after(settling_in);
    co_await timer.async_wait(asio::use_awaitable);
  }
  began_ = std::chrono::steady_clock::now();
}

asio::awaitable<void> BallastFeed::run() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(per_request_ ? feed_every : std::chrono::hours(1));
    co_await timer.async_wait(asio::use_awaitable);
    if (!per_request_) continue;
    if (clients_.came()) wanted_ = std::max(wanted_, *per_request_ * counted());
    feed();
  }
}

// Requests that were answered; seconds where nobody counts them.
double BallastFeed::counted() const {
  const load::Counts counts = load_->counts();
  if (counts.counts_requests) return static_cast<double>(counts.requests());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void BallastFeed::feed() {
  if (sampler_->keeps_ballast().value_or(false)) {
    inside_ = of_runtime();
    return;
  }
  if (!keeper_ && failed_.empty()) {
    const auto start = [this](std::vector<std::string> argv, int in) {
      return server_.start_within(std::move(argv), in);
    };
    auto started = probe::BallastKeeper::start(start);
    if (started.has_error())
      failed_ = started.error().message;
    else
      keeper_ = std::move(*started);
  }
  if (keeper_ && keeper_->keep(wanted_ - inside_)) beside_ = wanted_ - inside_;
}

void BallastFeed::note(Record& record) const {
  if (!per_request_) return;
  record.ballast = Ballast{*per_request_, wanted_, {}};
  record.ballast->place = keeper_ ? "a process beside the server" : "the server's own heap";
  if (!failed_.empty()) record.events.push_back("no ballast beside the server: " + failed_);
}

}  // namespace leakbisect::trial
