#include "executor/executor.hpp"
#include "executor/slots.hpp"

namespace leakbisect::executor {
namespace {

class LocalExecutor final : public Executor {
 public:
  LocalExecutor(trial::Setup setup, int slots, OnProgress progress)
      : setup_(std::move(setup)), slots_(slots), progress_(std::move(progress)) {}

  int slots() const override { return slots_.count(); }
  bool needs_ends() const override { return true; }

  boost::asio::awaitable<trial::Record> run(trial::Plan plan) override {
    const SlotLease slot(slots_);
    trial::OnStep on_step = [this, plan](const trial::Step& step) { progress_(plan, step); };
    co_return co_await trial::run_trial(setup_, plan, slot.number(), on_step);
  }

 private:
  trial::Setup setup_;
  Slots slots_;
  OnProgress progress_;
};

}  // namespace

std::unique_ptr<Executor> make_local_executor(trial::Setup setup, int slots, OnProgress progress) {
  return std::make_unique<LocalExecutor>(std::move(setup), slots, std::move(progress));
}

}  // namespace leakbisect::executor
