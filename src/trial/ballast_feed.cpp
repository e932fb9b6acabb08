#include "trial/ballast_feed.hpp"

#include "base/tcp_table.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace leakbisect::trial {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto feed_every = 50ms;
constexpr auto client_look_every = 500ms;
constexpr auto known_within = 5s;    // until it is known whether a runtime keeps it
constexpr auto settling_in = 200ms;  // of the process beside the server

}  // namespace

asio::awaitable<void> BallastFeed::begin(const probe::Sampler& sampler, const load::Load& load) {
  if (!spec_.per_request) co_return;
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
  is_reached_ = spec_.own_load;
  before_ = connections();
  began_ = std::chrono::steady_clock::now();
}

asio::awaitable<void> BallastFeed::run() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  auto look_due = std::chrono::steady_clock::now();
  for (;;) {
    timer.expires_after(spec_.per_request ? feed_every : std::chrono::hours(1));
    co_await timer.async_wait(asio::use_awaitable);
    if (!spec_.per_request) continue;
    if (!is_reached_ && std::chrono::steady_clock::now() >= look_due) {
      look_for_clients();
      look_due = std::chrono::steady_clock::now() + client_look_every;
    }
    if (is_reached_) wanted_ = std::max(wanted_, *spec_.per_request * counted());
    feed();
  }
}

// Requests that were answered; seconds where nobody counts them.
double BallastFeed::counted() const {
  const load::Counts counts = load_->counts();
  if (counts.counts_requests) return static_cast<double>(counts.requests());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

// Both ends of connections to the server's port, those that have ended a while ago included.
BallastFeed::Sockets BallastFeed::connections() const {
  Sockets all;
  for (const TcpSocket& socket : tcp_sockets_near("self"))
    if (!socket.listens() && (socket.local == spec_.port || socket.remote == spec_.port))
      all.emplace(socket.local, socket.remote);
  return all;
}

void BallastFeed::look_for_clients() {
  for (const auto& pair : connections()) is_reached_ = is_reached_ || !before_.contains(pair);
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
  if (!spec_.per_request) return;
  record.ballast = Ballast{*spec_.per_request, wanted_, {}};
  record.ballast->place = keeper_ ? "a process beside the server" : "the server's own heap";
  if (!is_reached_ && record.stage == Stage::load)
    record.events.push_back(
        fmt::format("nobody connected to port {} while there was load", spec_.port));
  if (!failed_.empty()) record.events.push_back("no ballast beside the server: " + failed_);
}

}  // namespace leakbisect::trial
