#include "load/command_load.hpp"

#include "base/quantity.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace leakbisect::load {

namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

constexpr auto poll_every = std::chrono::milliseconds(200);
constexpr std::size_t lines_shown = 5;

class CommandLoad final : public Load {
 public:
  CommandLoad(config::Command command, const Target& target, Progress progress)
      : command_(std::move(command)),
        target_(target),
        progress_(std::move(progress)),
        tail_(target.log_file) {}

  asio::awaitable<Result<>> run() override;

  Counts counts() const override {
    Counts counts;
    const auto requests = progress_.requests();
    counts.counts_requests = requests.has_value();
    counts.planned = counts.sent = counts.answered = requests.value_or(0);
    return counts;
  }

 private:
  asio::awaitable<void> run_command();
  asio::awaitable<void> follow();
  Result<> judge(double seconds) const;

  config::Command command_;
  Target target_;
  Progress progress_;
  LogTail tail_;
  std::optional<Result<int>> ended_;
};

asio::awaitable<void> CommandLoad::run_command() {
  auto running = target_.run_command(command_, target_.log_file);
  ended_ = co_await std::move(running);
}

/// Never ends by itself; the cancelled wait throws, which ends it.
asio::awaitable<void> CommandLoad::follow() {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  for (;;) {
    timer.expires_after(poll_every);
    co_await timer.async_wait(asio::use_awaitable);
    tail_.poll(progress_, false);
  }
}

/// The command has ended although nobody ended it.
Result<> CommandLoad::judge(double seconds) const {
  if (ended_->has_error()) return ended_->error().within("load command");
  const int code = ended_->value();
  if (code == 0)
    return fail("the load ended after {}; make it run longer than limits.trial",
                format_duration(seconds));
  const std::string said = last_lines(target_.log_file, lines_shown);
  return fail("the load command failed with exit code {} after {}{}", code,
              format_duration(seconds),
              said.empty() ? "; it printed nothing" : ". Its last lines:\n" + said);
}

asio::awaitable<Result<>> CommandLoad::run() {
  using namespace asio::experimental::awaitable_operators;
  const auto started = Clock::now();
  bool cancelled = false;
  try {
    co_await (run_command() || follow());
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
    cancelled = true;
  } catch (const asio::multiple_exceptions&) {
    cancelled = true;
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  cancelled = cancelled || state.cancelled() != asio::cancellation_type::none;
  tail_.poll(progress_, true);
  if (cancelled || !ended_) co_return Result<>{};
  co_return judge(std::chrono::duration<double>(Clock::now() - started).count());
}

}  // namespace

std::unique_ptr<Load> make_command_load(config::Command command, const Target& target,
                                        Progress progress) {
  return std::make_unique<CommandLoad>(std::move(command), target, std::move(progress));
}

}  // namespace leakbisect::load
