#include "executor/ahead.hpp"

#include "trial/build.hpp"
#include "trial/prepare.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace leakbisect::executor {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto look_every = std::chrono::milliseconds(20);
constexpr double patience = 3;  // times what a build takes
constexpr double least_patience_s = 1;
constexpr std::uintmax_t least_free_bytes = std::uintmax_t{1} << 30;
constexpr std::size_t most_looked_up = 4096;  // commits

// A clean build does for whoever takes an incremental one as well.
bool does_for(const WantedBuild& build, const WantedBuild& wanted) {
  return build.source == wanted.source && build.configuration == wanted.configuration &&
         (build.clean || !wanted.clean);
}

bool contains(const std::vector<WantedBuild>& list, const WantedBuild& one) {
  return std::ranges::any_of(list, [&](const WantedBuild& each) { return does_for(each, one); });
}

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

asio::awaitable<void> pause() {
  asio::steady_timer timer(co_await asio::this_coro::executor, look_every);
  co_await timer.async_wait(asio::use_awaitable);
}

bool has_room(const fs::path& directory) {
  std::error_code unknown;
  const auto disk = fs::space(directory, unknown);
  return !unknown && disk.available >= least_free_bytes;
}

}  // namespace

AheadBuilder::AheadBuilder(const trial::Setup& setup, int workers)
    : setup_(setup), workers_(static_cast<std::size_t>(workers)) {}

void AheadBuilder::want(const asio::any_io_executor& io, std::vector<WantedBuild> wishes) {
  io_ = io;
  wishes_ = std::move(wishes);
  for (Worker& worker : workers_) {
    const auto is_for = [&](const WantedBuild& wish) { return does_for(worker.job, wish); };
    if (!worker.busy || worker.is_awaited || std::ranges::any_of(wishes_, is_for)) continue;
    if (wishes_.empty() || !is_worth_its_end(worker))
      worker.signal->emit(asio::cancellation_type::terminal);
  }
  begin();
}

bool AheadBuilder::is_worth_its_end(const Worker& worker) const {
  return times_.is_worth_its_end(seconds_since(worker.began), worker.goes_on());
}

AheadBuilder::Worker* AheadBuilder::worker_on(const WantedBuild& job) {
  const auto works_on = [&](const Worker& worker) {
    return worker.busy && does_for(worker.job, job);
  };
  const auto found = std::ranges::find_if(workers_, works_on);
  return found == workers_.end() ? nullptr : &*found;
}

bool AheadBuilder::is_taken(const WantedBuild& wish) const {
  const auto works_on = [&](const Worker& worker) {
    return worker.busy && does_for(worker.job, wish);
  };
  return contains(done_, wish) || std::ranges::any_of(workers_, works_on);
}

fs::path AheadBuilder::slot_of(std::size_t number) const {
  return setup_.directory / "slots" / fmt::format("ahead-{}", number);
}

bool AheadBuilder::may_begin(std::size_t number) const {
  return times_.pays_slots(static_cast<int>(number) + 1) || fs::exists(slot_of(number) / "tree");
}

// Gives the first wishes that nobody works on to whoever is idle.
void AheadBuilder::begin() {
  if (!io_ || wishes_.empty() || !has_room(setup_.directory)) return;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (workers_[i].busy || !may_begin(i)) continue;
    const auto wish =
        std::ranges::find_if(wishes_, [this](const WantedBuild& each) { return !is_taken(each); });
    if (wish == wishes_.end()) return;
    begin(workers_[i], *wish);
  }
}

void AheadBuilder::begin(Worker& worker, const WantedBuild& wish) {
  worker.busy = true;
  worker.is_awaited = false;
  worker.job = wish;
  worker.is_clean = wish.clean || (setup_.trust && setup_.trust->wants_clean());
  worker.began = Clock::now();
  worker.signal = std::make_shared<asio::cancellation_signal>();
  worker.hurried = std::make_shared<bool>(false);
  const auto number = static_cast<std::size_t>(&worker - workers_.data());
  const trial::Pace pace{true, worker.hurried};
  const auto on_end = [this, &worker](const std::exception_ptr& cut_short, double build_s) {
    ended(worker, build_s, cut_short != nullptr);
  };
  asio::co_spawn(*io_, work(number, wish, pace),
                 asio::bind_cancellation_slot(worker.signal->slot(), on_end));
}

void AheadBuilder::ended(Worker& worker, double build_s, bool cut_short) {
  worker.busy = false;
  if (!cut_short) done_.push_back(worker.job);
  if (!cut_short && build_s > 0) times_.note_build(build_s, worker.goes_on());
  worker.has_built = !cut_short && (build_s > 0 || worker.has_built);
  begin();
}

// One build and the seconds it took; an exception when it was cancelled.
asio::awaitable<double> AheadBuilder::work(std::size_t number, WantedBuild job, trial::Pace pace) {
  const fs::path slot = slot_of(number);
  std::error_code failed;
  fs::create_directories(slot, failed);
  if (failed) co_return 0;
  const auto began = Clock::now();
  trial::Order order{job.source, job.configuration, slot, slot, workers_[number].is_clean, pace};
  order.is_ahead = true;
  const auto ready = co_await trial::prepare(setup_, order);
  if (!ready || ready->untestable) co_return 0;
  const trial::BuildResult& built = ready->build;
  if (ready->applied.fresh) times_.note_slot(seconds_since(began) - built.seconds);
  // It is in the cache now.
  if (built.cached || ready->applied.content_key.empty()) co_return 0;
  if (setup_.trust) setup_.trust->note_build(built.kind, built.seconds);
  co_return built.seconds;
}

asio::awaitable<double> AheadBuilder::settled(WantedBuild wanted) {
  const auto began = Clock::now();
  while (Worker* const worker = worker_on(wanted)) {
    worker->is_awaited = true;
    *worker->hurried = true;
    const double longest_s =
        std::max(least_patience_s, patience * times_.expected_s(worker->goes_on()));
    if (seconds_since(worker->began) > longest_s && seconds_since(began) > longest_s / patience)
      worker->signal->emit(asio::cancellation_type::terminal);
    co_await pause();
  }
  co_return seconds_since(began);
}

void AheadBuilder::note_slot(double seconds) {
  times_.note_slot(seconds);
  begin();
}

void AheadBuilder::note_build(double seconds, bool goes_on) {
  times_.note_build(seconds, goes_on);
  begin();
}

void AheadBuilder::note_done(WantedBuild built) {
  if (!contains(done_, built)) done_.push_back(std::move(built));
}

// Builds that other hunts have left. Those of this hunt are heard of.
void AheadBuilder::look_into_cache() {
  const strategies::SearchSpace& space = setup_.source->space();
  if (space.shape != strategies::Shape::history || space.size() > most_looked_up) return;
  const std::lock_guard alone(*setup_.applying);
  for (strategies::UnitIndex unit = 0; unit < space.size(); ++unit) {
    const auto configuration = strategies::at_commit(unit);
    const auto seen = setup_.source->preview(configuration);
    if (seen && trial::is_built_already(setup_, *seen))
      note_done({nullptr, configuration, trial::is_built_already(setup_, *seen, true)});
  }
}

std::vector<Wait> AheadBuilder::waits() {
  if (!std::exchange(has_looked_, true)) look_into_cache();
  std::vector<Wait> known;
  for (const WantedBuild& built : done_) known.push_back({built, 0});
  for (const Worker& worker : workers_) {
    if (!worker.busy) continue;
    const double elapsed_s = seconds_since(worker.began);
    const auto left_s = times_.left_s(elapsed_s, worker.goes_on());
    // Overdue: nobody knows; the longer it took, the longer it may take.
    known.push_back({worker.job, left_s.value_or(elapsed_s / 4)});
  }
  return known;
}

asio::awaitable<void> AheadBuilder::stop() {
  wishes_.clear();
  const auto is_busy = [](const Worker& worker) { return worker.busy; };
  for (Worker& worker : workers_)
    if (worker.busy) worker.signal->emit(asio::cancellation_type::terminal);
  while (std::ranges::any_of(workers_, is_busy)) co_await pause();
}

void TrialBuild::hear(const trial::Step& step) {
  if (step.build != trial::BuildKind::none) kind_ = step.build;
  if (step.name == before_) return;
  if (before_ == "applying") ahead_.note_slot(seconds_since(began_));
  if (before_ == "building") {
    ahead_.note_done(wanted_);
    note_build(step.build_seconds);
  }
  began_ = Clock::now();
  before_ = step.name;
}

void TrialBuild::note_build(double seconds) {
  if (seconds <= 0) return;  // it was there
  ahead_.note_build(seconds, kind_ == trial::BuildKind::incremental && built_in_.contains(slot_));
  built_in_.insert(slot_);
}

}  // namespace leakbisect::executor
