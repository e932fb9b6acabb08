#include "base/unix_time.hpp"
#include "subject/urgency.hpp"
#include "trial/aside.hpp"
#include "trial/build_slot.hpp"
#include "trial/trial.hpp"

namespace leakbisect::trial {

namespace asio = boost::asio;
namespace fs = std::filesystem;

std::vector<std::string> names_on(const units::UnitSource& source,
                                  const strategies::Configuration& configuration) {
  const strategies::SearchSpace& space = source.space();
  std::vector<std::string> names;
  if (configuration.shape == strategies::Shape::history) {
    if (configuration.commit != strategies::no_unit)
      names.push_back(space.names[configuration.commit]);
    else if (const std::string end = source.good_end_name(); !end.empty())
      names.push_back(end);
    return names;
  }
  for (const auto unit : strategies::units_on(space, configuration))
    names.push_back(space.names[unit]);
  return names;
}

Record begin_record(const Setup& setup, const Plan& plan, int slot) {
  Record record;
  record.id = plan.id;
  record.purpose = plan.purpose;
  record.configuration = plan.configuration;
  const units::UnitSource& source = plan.source != nullptr ? *plan.source : *setup.source;
  record.label = units::describe(source, plan.configuration);
  if (plan.configuration.shape == strategies::Shape::history)
    record.on_or_commit = names_on(source, plan.configuration);
  for (const auto unit : plan.configuration.off) record.off.push_back(source.space().names[unit]);
  record.why = plan.why;
  record.build_only = plan.build_only;
  record.kind = strategies::OutcomeKind::error;
  record.started_at = unix_time();
  record.slot = slot;
  const auto* http = std::get_if<config::HttpLoad>(&setup.hunt->load.kind);
  if (http != nullptr && !http->closed) record.load_rate = http->rate;
  return record;
}

asio::awaitable<Result<units::Applied>> apply(const Setup& setup, units::UnitSource* source,
                                              strategies::Configuration configuration,
                                              fs::path slot, Manner manner) {
  units::UnitSource* const used = source != nullptr ? source : setup.source;
  const bool distrusted = manner.tree == Tree::anew || is_cut_short(slot.parent_path());
  const bool idle = manner.pace.is_idle();
  const auto applying = [used, configuration, slot, distrusted, idle, lock = setup.applying] {
    std::unique_lock alone(*lock, std::defer_lock);
    // Whoever holds the lock may not dawdle: a trial may wait for it.
    if (!used->applies_side_by_side())
      alone.lock();
    else if (idle)
      subject::step_back();
    if (distrusted) used->distrust(slot);
    return used->apply(configuration, slot);
  };
  co_return co_await aside(applying);
}

}  // namespace leakbisect::trial
