#include "subject/life.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <thread>

#include <sys/wait.h>

namespace leakbisect::subject {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// From <linux/wait.h>; the C library of some hosts has the number without the name.
constexpr auto by_pidfd = static_cast<idtype_t>(3);
constexpr auto memory_look = std::chrono::milliseconds(200);
constexpr auto first_pause = std::chrono::milliseconds(1);
constexpr auto longest_pause = std::chrono::milliseconds(50);
constexpr auto finish_at_most = std::chrono::seconds(10);

// Keeps a timer on the list of those that the end cancels.
class Waiting {
 public:
  Waiting(std::list<asio::steady_timer*>& all, asio::steady_timer& timer)
      : all_(all), place_(all.insert(all.end(), &timer)) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { all_.erase(place_); }

 private:
  std::list<asio::steady_timer*>& all_;
  std::list<asio::steady_timer*>::iterator place_;
};

}  // namespace

Life::Life(const asio::any_io_executor& executor, Parts parts)
    : executor_(executor),
      pidfd_(executor, parts.pidfd),
      containment_(parts.group.describe()),
      tree_(parts.pid, std::move(parts.marker), std::move(parts.group)),
      outputs_(std::move(parts.outputs)),
      record_(std::move(parts.record)) {
  if (!tree_.group().holds_all()) containment_ = "subreaper";
}

void Life::start() {
  asio::co_spawn(executor_, watch_end(shared_from_this()), asio::detached);
  if (tree_.group().limits_memory())
    asio::co_spawn(executor_, watch_memory(shared_from_this()), asio::detached);
  for (const auto& output : outputs_) output->start();
}

asio::awaitable<void> Life::watch_end(std::shared_ptr<Life> self) {
  boost::system::error_code failed;
  while (!failed && !self->exit_) {
    co_await self->pidfd_.async_wait(asio::posix::stream_descriptor::wait_read,
                                     asio::redirect_error(asio::use_awaitable, failed));
    if (!failed) self->look();
  }
}

asio::awaitable<void> Life::watch_memory(std::shared_ptr<Life> self) {
  while (true) {
    const bool ended =
        co_await self->ended_within(std::chrono::duration<double>(memory_look).count());
    if (ended || self->finished_) co_return;
    if (self->tree_.group().out_of_memory_kills() > 0) self->kill_for_memory();
  }
}

void Life::look() {
  if (exit_) return;
  siginfo_t info{};
  const auto id = static_cast<id_t>(pidfd_.native_handle());
  if (::waitid(by_pidfd, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
  Exit exit;
  exit.how = info.si_code == CLD_EXITED ? Exit::How::exited : Exit::How::signalled;
  exit.code = info.si_status;
  exit.out_of_memory = over_cap_ || tree_.group().out_of_memory_kills() > 0;
  // Whoever learns of the end may read the log at once.
  for (const auto& output : outputs_) output->drain();
  exit_ = exit;
  for (asio::steady_timer* timer : waiting_) timer->cancel();
}

asio::awaitable<bool> Life::ended_within(std::optional<double> seconds) {
  const auto self = shared_from_this();
  asio::steady_timer timer(executor_);
  timer.expires_at(Clock::time_point::max());
  if (seconds)
    timer.expires_after(
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(*seconds)));
  const Waiting waiting(waiting_, timer);
  boost::system::error_code woken;
  look();
  while (!exit_ && (!seconds || timer.expiry() > Clock::now()))
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  co_return exit_.has_value();
}

void Life::kill_for_memory() {
  if (exit_ || finished_) return;
  over_cap_ = true;
  tree_.kill();
}

bool Life::is_gone() {
  look();
  Tree::reap_orphans();
  // A process that was just handed over by its dying parent can be missed by one look.
  return exit_ && tree_.all_members().empty() && tree_.all_members().empty();
}

asio::awaitable<void> Life::end_tree() {
  const auto self = shared_from_this();
  const auto deadline = Clock::now() + finish_at_most;
  asio::steady_timer timer(executor_);
  auto pause = Clock::duration(first_pause);
  while (Clock::now() < deadline) {
    if (!finished_ && is_gone()) let_go();
    if (finished_ && remove_traces()) co_return;
    if (!finished_) tree_.kill();
    timer.expires_after(pause);
    pause = std::min<Clock::duration>(2 * pause, longest_pause);
    boost::system::error_code woken;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  let_go();
}

void Life::finish() {
  const auto deadline = Clock::now() + finish_at_most;
  auto pause = Clock::duration(first_pause);
  while (Clock::now() < deadline) {
    if (!finished_ && is_gone()) let_go();
    if (finished_ && remove_traces()) return;
    if (!finished_) tree_.kill();
    std::this_thread::sleep_for(pause);
    pause = std::min<Clock::duration>(2 * pause, longest_pause);
  }
  let_go();
}

void Life::let_go() {
  if (finished_) return;
  finished_ = true;
  for (const auto& output : outputs_) output->close();
  siginfo_t ignored{};
  if (exit_)
    ::waitid(by_pidfd, static_cast<id_t>(pidfd_.native_handle()), &ignored, WEXITED | WNOHANG);
  else
    record_.clear();  // it outlived us: its record stays for the next sweep
  boost::system::error_code failed;
  pidfd_.close(failed);
  if (!exit_) exit_ = Exit{Exit::How::signalled, SIGKILL, over_cap_};
  for (asio::steady_timer* timer : waiting_) timer->cancel();
}

// The kernel lets go of a dead member's group a moment after its end; until then this is false.
bool Life::remove_traces() {
  if (!tree_.group().remove()) return false;
  std::error_code absent;
  if (!record_.empty()) std::filesystem::remove(record_, absent);
  record_.clear();
  return true;
}

}  // namespace leakbisect::subject
