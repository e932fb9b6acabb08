#include "executor/ahead.hpp"
#include "executor/slots.hpp"
#include "trial/build.hpp"

#include <chrono>
#include <set>

namespace leakbisect::executor {
namespace {

constexpr std::size_t most_looked_up = 4096;  // commits

class LocalExecutor final : public Executor {
 public:
  LocalExecutor(trial::Setup setup, int slots, OnProgress progress)
      : setup_(std::move(setup)),
        slots_(slots),
        progress_(std::move(progress)),
        ahead_(setup_, has_builds(setup_) ? setup_.hunt->limits.ahead : 0) {}

  int slots() const override { return slots_.count(); }
  void set_slots(int count) override { slots_.resize(count); }
  bool needs_ends() const override { return true; }

  boost::asio::awaitable<trial::Record> run(trial::Plan plan) override {
    const SlotLease slot(slots_);
    const Likely wanted{plan.source, plan.configuration, trial::needs_clean_build(plan)};
    double waited = 0;
    try {
      waited = co_await ahead_.settled(wanted);
    } catch (const boost::system::system_error&) {
      // Cancelled: the trial finds that out by itself.
    }
    Clock::time_point step_began = Clock::now();
    std::string step_before;
    trial::BuildKind kind = trial::BuildKind::none;
    trial::OnStep on_step = [&](const trial::Step& step) {
      if (step.build != trial::BuildKind::none) kind = step.build;
      if (step_before == "applying" && step.name != step_before)
        ahead_.note_slot(std::chrono::duration<double>(Clock::now() - step_began).count());
      if (step_before == "building" && step.name != step_before) {
        ahead_.note_done(wanted);
        note_build(slot.number(), step.build_seconds, kind);
      }
      if (step.name != step_before) step_began = Clock::now();
      step_before = step.name;
      progress_(plan, step);
    };
    trial::Record record = co_await trial::run_trial(setup_, plan, slot.number(), on_step);
    if (record.kind != strategies::OutcomeKind::cancelled) {
      ahead_.note_done(wanted);
      if (setup_.trust) setup_.trust->note(record);
    }
    record.build_seconds += waited;
    co_return record;
  }

  bool builds_ahead() const override { return ahead_.has_workers(); }
  void build_ahead(const boost::asio::any_io_executor& io, std::vector<Likely>&& wishes) override {
    ahead_.want(io, std::move(wishes));
  }
  std::vector<Wait> waits() override {
    if (!has_builds(setup_)) return {};
    if (!has_looked_) look_into_cache();
    return ahead_.waits();
  }
  boost::asio::awaitable<void> finish() override { co_await ahead_.stop(); }

 private:
  using Clock = std::chrono::steady_clock;

  void note_build(int slot, double seconds, trial::BuildKind kind) {
    if (seconds <= 0) return;  // it was there
    ahead_.note_build(seconds, kind == trial::BuildKind::incremental && built_in_.contains(slot));
    built_in_.insert(slot);
  }

  // Builds that other hunts have left. Those of this hunt are heard of.
  void look_into_cache() {
    has_looked_ = true;
    const strategies::SearchSpace& space = setup_.source->space();
    if (space.shape != strategies::Shape::history || space.size() > most_looked_up) return;
    const std::lock_guard alone(*setup_.applying);
    for (strategies::UnitIndex unit = 0; unit < space.size(); ++unit) {
      const auto configuration = strategies::at_commit(unit);
      const auto seen = setup_.source->preview(configuration);
      if (seen && trial::is_built_already(setup_, *seen))
        ahead_.note_done({nullptr, configuration, trial::is_built_already(setup_, *seen, true)});
    }
  }

  static bool has_builds(const trial::Setup& setup) {
    return setup.hunt->subject->build ||
           std::holds_alternative<config::VersionUnits>(setup.hunt->units);
  }

  trial::Setup setup_;
  Slots slots_;
  OnProgress progress_;
  AheadBuilder ahead_;
  bool has_looked_ = false;
  std::set<int> built_in_;  ///< slots that hold a build
};

}  // namespace

std::unique_ptr<Executor> make_local_executor(trial::Setup setup, int slots, OnProgress progress) {
  return std::make_unique<LocalExecutor>(std::move(setup), slots, std::move(progress));
}

}  // namespace leakbisect::executor
