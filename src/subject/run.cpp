#include "subject/process.hpp"
#include "subject/urgency.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>

namespace leakbisect::subject {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto first_look = std::chrono::milliseconds(1);
constexpr auto longest_look = std::chrono::milliseconds(20);
// A child that was begotten before its parent was called forward is found by a later call.
constexpr auto call_every = std::chrono::milliseconds(200);

}  // namespace

asio::awaitable<Result<RunResult>> run(LaunchSpec spec, double timeout_s) {
  const auto executor = co_await asio::this_coro::executor;
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  const auto process = launch(executor, spec);
  if (!process) co_return process.error();

  asio::steady_timer timer(executor);
  auto pause = Clock::duration(first_look);
  auto next_call = begin;
  while (!(*process)->exited() && seconds() < timeout_s) {
    timer.expires_after(pause);
    pause = std::min<Clock::duration>(2 * pause, longest_look);
    boost::system::error_code woken;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (!spec.idle || !spec.hurried || !*spec.hurried || Clock::now() < next_call) continue;
    call_forward((*process)->tree());
    next_call = Clock::now() + call_every;
  }
  RunResult result;
  result.timed_out = !(*process)->exited().has_value();
  result.seconds = seconds();
  config::Stop at_once;
  at_once.signal = SIGKILL;
  const StopReport report = co_await (*process)->stop(at_once);
  result.exit = report.exit;
  co_return result;
}

}  // namespace leakbisect::subject
