#include "cli/settle_both.hpp"

#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/polarity.hpp"

namespace leakbisect::cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> watch(Assembly& assembly, bool collects, double seconds,
                            trial::Record& record) {
  trial::Plan plan;
  plan.id = collects ? "check-collected" : "check-uncollected";
  plan.purpose = trial::Purpose::single;
  plan.configuration = hunt::leaking_end(assembly.source->space(), assembly.hunt.search.find);
  plan.max_load_s = seconds;
  plan.collects = collects;
  plan.look = [](const stats::Series&) { return stats::Decision{}; };
  record = co_await assembly.executor->run(plan);
}

Result<stats::Series> run_of(Assembly& assembly, bool collects, double seconds) {
  trial::Record record;
  asio::io_context io(1);
  asio::cancellation_signal stop;
  run_with_signals(
      io, watch(assembly, collects, seconds, record),
      [&] { stop.emit(asio::cancellation_type::terminal); }, stop.slot());
  assembly.terminal->close();
  if (record.kind != strategies::OutcomeKind::measured)
    return fail("{}: {}; logs in {}", record.label, record.reason,
                trial::folder_of(assembly.directory, record.id).string());
  return hunt::samples_of(assembly.directory, record);
}

}  // namespace

Result<hunt::CollectingCompared> compare_settle(Assembly& assembly) {
  if (!assembly.hunt.memory.settle)
    return fail(
        "memory.settle is \"off\": no collection is forced, so there is nothing to compare");
  const double seconds = hunt::compared_s(assembly.hunt);
  const auto with = run_of(assembly, true, seconds);
  if (!with) return with.error();
  const auto without = run_of(assembly, false, seconds);
  if (!without) return without.error();
  stats::Options options = hunt::stats_options(assembly.hunt);
  options.t_max_s = seconds;
  return hunt::compare_collecting(*with, *without, options, assembly.hunt.search.smallest_leak);
}

}  // namespace leakbisect::cli
