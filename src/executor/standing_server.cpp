#include "executor/standing_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <limits>

namespace leakbisect::executor {

namespace asio = boost::asio;

namespace {

// Long enough for any hunt; a timer's clock must still hold it.
constexpr double for_ever_s = 366 * 86400.0;

std::string reason_of(const std::exception_ptr& failed, const trial::Record& record) {
  try {
    if (failed) std::rethrow_exception(failed);
  } catch (const std::exception& error) {
    return std::string("internal error: ") + error.what();
  }
  return record.reason;
}

}  // namespace

StandingServer::StandingServer(const asio::any_io_executor& io, std::string id,
                               std::size_t requests)
    : id_(std::move(id)), io_(io), news_(io), mix_(std::make_shared<load::Mix>(requests)) {}

void StandingServer::start(const trial::Setup& setup, trial::OnStep on_step) {
  trial::Plan plan;
  plan.id = id_;
  plan.purpose = trial::Purpose::single;
  plan.configuration = strategies::bad_end(setup.source->space());
  plan.why = "a server for windows";
  plan.max_load_s = for_ever_s;
  plan.mix = mix_;
  plan.look = [weak = weak_from_this()](const stats::Series& all) {
    if (const auto self = weak.lock()) self->take(all);
    return stats::Decision{};
  };
  started_ = true;
  constexpr int slot = 0;
  asio::co_spawn(io_, trial::run_trial(setup, std::move(plan), slot, std::move(on_step)),
                 asio::bind_cancellation_slot(
                     stop_.slot(), [self = shared_from_this()](const std::exception_ptr& failed,
                                                               const trial::Record& record) {
                       self->ended_ = true;
                       self->reason_ = reason_of(failed, record);
                       self->news_.cancel();
                     }));
}

void StandingServer::take(const stats::Series& all) {
  samples_.insert(samples_.end(), all.begin() + static_cast<std::ptrdiff_t>(taken_), all.end());
  taken_ = all.size();
  news_.cancel();
}

asio::awaitable<void> StandingServer::stop() {
  if (!started_) co_return;
  if (!ended_) stop_.emit(asio::cancellation_type::terminal);
  while (!ended_) co_await news();
}

asio::awaitable<void> StandingServer::news() {
  if (ended_) co_return;
  news_.expires_at(std::chrono::steady_clock::time_point::max());
  boost::system::error_code woken;
  co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

}  // namespace leakbisect::executor
