#include "subject/process.hpp"

#include "subject/life.hpp"
#include "subject/spawn.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace leakbisect::subject {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

// Workers of a master that ended as told may need a moment more to end by themselves.
constexpr double linger_s = 0.25;
// A subject that forks away helpers all the time leaves their zombies to us.
constexpr auto reap_every = std::chrono::seconds(5);

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

class TreeProcess final : public Process {
 public:
  explicit TreeProcess(std::shared_ptr<Life> life) : life_(std::move(life)) {}
  TreeProcess(const TreeProcess&) = delete;
  TreeProcess& operator=(const TreeProcess&) = delete;
  ~TreeProcess() override { life_->finish(); }

  [[nodiscard]] pid_t pid() const override { return life_->tree().main().pid; }
  [[nodiscard]] std::optional<Exit> exited() const override { return life_->exited(); }
  asio::awaitable<Exit> wait() override { return wait_for(life_); }
  asio::awaitable<StopReport> stop(const config::Stop& rule) override {
    return stop_by(life_, rule);
  }

  [[nodiscard]] std::vector<pid_t> tree() const override {
    if (Clock::now() > next_reaping_) {  // a look at the whole of /proc on some kernels
      Tree::reap_orphans();
      next_reaping_ = Clock::now() + reap_every;
    }
    std::vector<pid_t> pids;
    for (const Stat& stat : life_->tree().members()) pids.push_back(stat.id.pid);
    return pids;
  }
  [[nodiscard]] std::optional<GroupMemory> group_memory() const override {
    return life_->tree().group().memory();
  }
  Result<pid_t> start_within(std::vector<std::string> argv, int in) override;
  void kill_for_memory() override { life_->kill_for_memory(); }

 private:
  static asio::awaitable<Exit> wait_for(std::shared_ptr<Life> life);
  static asio::awaitable<StopReport> stop_by(std::shared_ptr<Life> life, config::Stop rule);
  std::shared_ptr<Life> life_;
  mutable Clock::time_point next_reaping_ = Clock::now() + reap_every;
};

Result<pid_t> TreeProcess::start_within(std::vector<std::string> argv, int in) {
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  SpawnSpec spec;
  spec.argv = std::move(argv);
  spec.directory = "/";
  spec.in = in;
  spec.out = spec.err = null;
  spec.env[std::string(marker_variable)] = marker_value(life_->tree().marker());
  spec.join_files = life_->tree().group().join_files();
  auto started = spawn(spec);
  ::close(null);
  return started;
}

asio::awaitable<Exit> TreeProcess::wait_for(std::shared_ptr<Life> life) {
  bool ended = false;
  while (!ended) ended = co_await life->ended_within(std::nullopt);
  co_return *life->exited();
}

asio::awaitable<StopReport> TreeProcess::stop_by(std::shared_ptr<Life> life, config::Stop rule) {
  const auto begin = Clock::now();
  StopReport report;
  report.containment = life->containment();
  life->look();
  if (!life->exited()) {
    // The main process is not reaped yet, so the group is still its own.
    ::kill(-life->tree().main().pid, rule.signal);
    const bool ended = co_await life->ended_within(rule.grace_s);
    report.ignored_signal = !ended;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const double linger = std::min(rule.grace_s, seconds_since(begin) + linger_s);
    while (ended && seconds_since(begin) < linger && !life->tree().all_members().empty()) {
      timer.expires_after(std::chrono::milliseconds(10));
      boost::system::error_code woken;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
  }
  co_await life->end_tree();
  report.exit = *life->exited();
  report.strays_killed = life->tree().strays_killed();
  co_return report;
}

}  // namespace

std::unique_ptr<Process> make_process(std::shared_ptr<Life> life) {
  return std::make_unique<TreeProcess>(std::move(life));
}

std::string to_string(const Exit& exit) {
  const bool signalled = exit.how == Exit::How::signalled;
  if (signalled && exit.out_of_memory) return "killed for memory";
  std::string text = fmt::format("exit code {}", exit.code);
  if (signalled) {
    const char* const name = ::sigabbrev_np(exit.code);
    text = name != nullptr ? fmt::format("killed by SIG{}", name)
                           : fmt::format("killed by signal {}", exit.code);
  }
  return exit.out_of_memory ? text + " after its memory cap was hit" : text;
}

}  // namespace leakbisect::subject
