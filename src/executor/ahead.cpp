#include "executor/ahead.hpp"

#include "trial/build.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace leakbisect::executor {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr auto look_every = std::chrono::milliseconds(20);
constexpr double patience = 3;  // times what a build takes
constexpr double least_patience_s = 1;
constexpr std::uintmax_t least_free_bytes = std::uintmax_t{1} << 30;

bool contains(const std::vector<Likely>& list, const Likely& one) {
  return std::ranges::find(list, one) != list.end();
}

asio::awaitable<void> pause() {
  asio::steady_timer timer(co_await asio::this_coro::executor, look_every);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

AheadBuilder::AheadBuilder(const trial::Setup& setup, int workers)
    : setup_(setup), workers_(static_cast<std::size_t>(workers)) {}

void AheadBuilder::want(const asio::any_io_executor& io, std::vector<Likely> wishes) {
  wishes_ = std::move(wishes);
  for (Worker& worker : workers_)
    if (worker.busy && !contains(wishes_, worker.job))
      worker.signal->emit(asio::cancellation_type::terminal);
  begin(io);
}

bool AheadBuilder::is_taken(const Likely& wish) const {
  const auto works_on = [&](const Worker& worker) { return worker.busy && worker.job == wish; };
  return contains(done_, wish) || std::ranges::any_of(workers_, works_on);
}

// Gives the first wishes that nobody works on to whoever is idle.
void AheadBuilder::begin(const asio::any_io_executor& io) {
  std::error_code unknown;
  const auto disk = fs::space(setup_.directory, unknown);
  if (unknown || disk.available < least_free_bytes) return;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    Worker& worker = workers_[i];
    if (worker.busy) continue;
    const auto wish =
        std::ranges::find_if(wishes_, [this](const Likely& each) { return !is_taken(each); });
    if (wish == wishes_.end()) return;
    worker.busy = true;
    worker.job = *wish;
    worker.began = std::chrono::steady_clock::now();
    worker.signal = std::make_shared<asio::cancellation_signal>();
    const auto slot = worker.signal->slot();
    asio::co_spawn(io, work(i, *wish),
                   asio::bind_cancellation_slot(slot, [this, i, io](std::exception_ptr cut_short) {
                     workers_[i].busy = false;
                     if (!cut_short) done_.push_back(workers_[i].job);
                     workers_[i].half_built = cut_short != nullptr;
                     begin(io);
                   }));
  }
}

// One build; an exception when it was cancelled.
asio::awaitable<void> AheadBuilder::work(std::size_t number, Likely job) {
  const fs::path slot = setup_.directory / "slots" / fmt::format("ahead-{}", number);
  std::error_code failed;
  // Whatever a build was writing when it was ended looks newer than its sources.
  if (workers_[number].half_built) fs::remove_all(slot, failed);
  fs::create_directories(slot, failed);
  if (failed) co_return;
  const auto applied = co_await trial::apply(setup_, job.source, job.configuration, slot / "tree");
  if (!applied || applied->untestable || applied->content_key.empty()) co_return;
  if (trial::is_built_already(setup_, *applied)) co_return;
  const auto built = co_await trial::build(setup_, *applied, slot, slot, trial::Priority::idle);
  static_cast<void>(built);  // it is in the cache, or its failure is remembered
}

asio::awaitable<double> AheadBuilder::settled(Likely wanted) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
  };
  const auto began = Clock::now();
  const auto works_on = [&](const Worker& worker) { return worker.busy && worker.job == wanted; };
  while (true) {
    const auto worker = std::ranges::find_if(workers_, works_on);
    if (worker == workers_.end()) co_return seconds_since(began);
    if (seconds_since(worker->began) > std::max(least_patience_s, patience * typical_s_))
      worker->signal->emit(asio::cancellation_type::terminal);
    co_await pause();
  }
}

asio::awaitable<void> AheadBuilder::stop() {
  wishes_.clear();
  const auto is_busy = [](const Worker& worker) { return worker.busy; };
  for (Worker& worker : workers_)
    if (worker.busy) worker.signal->emit(asio::cancellation_type::terminal);
  while (std::ranges::any_of(workers_, is_busy)) co_await pause();
}

}  // namespace leakbisect::executor
