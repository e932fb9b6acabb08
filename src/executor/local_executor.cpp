#include "executor/ahead.hpp"
#include "executor/slots.hpp"

#include <set>

namespace leakbisect::executor {
namespace {

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
    const WantedBuild wanted{plan.source, plan.configuration, trial::needs_clean_build(plan)};
    double waited = 0;
    try {
      waited = co_await ahead_.settled(wanted);
    } catch (const boost::system::system_error&) {
      // Cancelled: the trial finds that out by itself.
    }
    TrialBuild build(ahead_, built_in_, wanted, slot.number());
    const trial::OnStep on_step = [&](const trial::Step& step) {
      build.hear(step);
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

  BuildsAhead* ahead() override { return has_builds(setup_) ? &ahead_ : nullptr; }
  boost::asio::awaitable<void> finish() override { co_await ahead_.stop(); }

 private:
  static bool has_builds(const trial::Setup& setup) {
    return setup.hunt->subject->build ||
           std::holds_alternative<config::VersionUnits>(setup.hunt->units);
  }

  trial::Setup setup_;
  Slots slots_;
  OnProgress progress_;
  AheadBuilder ahead_;
  std::set<int> built_in_;  ///< slots that hold a build
};

}  // namespace

std::unique_ptr<Executor> make_local_executor(trial::Setup setup, int slots, OnProgress progress) {
  return std::make_unique<LocalExecutor>(std::move(setup), slots, std::move(progress));
}

}  // namespace leakbisect::executor
