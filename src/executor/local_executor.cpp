#include "executor/ahead.hpp"
#include "executor/slots.hpp"

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
  bool needs_ends() const override { return true; }

  boost::asio::awaitable<trial::Record> run(trial::Plan plan) override {
    const SlotLease slot(slots_);
    trial::OnStep on_step = [this, plan](const trial::Step& step) { progress_(plan, step); };
    const Likely wanted{plan.source, plan.configuration};
    double waited = 0;
    try {
      waited = co_await ahead_.settled(wanted);
    } catch (const boost::system::system_error&) {
      // Cancelled: the trial finds that out by itself.
    }
    trial::Record record = co_await trial::run_trial(setup_, plan, slot.number(), on_step);
    if (record.build_seconds > 0 && !record.build_cached) ahead_.note_build(record.build_seconds);
    record.build_seconds += waited;
    co_return record;
  }

  bool builds_ahead() const override { return ahead_.has_workers(); }
  void build_ahead(const boost::asio::any_io_executor& io, std::vector<Likely> wishes) override {
    ahead_.want(io, std::move(wishes));
  }
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
};

}  // namespace

std::unique_ptr<Executor> make_local_executor(trial::Setup setup, int slots, OnProgress progress) {
  return std::make_unique<LocalExecutor>(std::move(setup), slots, std::move(progress));
}

}  // namespace leakbisect::executor
