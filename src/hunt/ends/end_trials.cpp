#include "hunt/ends/end_trials.hpp"

#include "hunt/ends/end_loads.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/ends/route_controls.hpp"

namespace leakbisect::hunt {

double age_of(const stats::Series& series) {
  return series.empty() ? 0 : series.back().t_s;
}

Result<stats::Series> samples_of(const std::filesystem::path& directory,
                                 const trial::Record& record) {
  return trial::read_samples(trial::folder_of(directory, record.id) / "samples.csv");
}

trial::Plan end_plan(const HuntContext& context, trial::Purpose purpose, std::string why,
                     double length_s) {
  trial::Plan plan;
  plan.purpose = purpose;
  plan.configuration =
      purpose == trial::Purpose::control_bad ? context.leaking_end() : context.flat_end();
  plan.why = std::move(why);
  plan.max_load_s = length_s;
  plan.look = [options = stats_options(context.hunt), length_s](const stats::Series& run) {
    stats::Decision decision = stats::judge_alone(run, options);
    decision.final = age_of(run) >= length_s;
    return decision;
  };
  count_by_request(context, plan);
  return plan;
}

bool measured(const trial::Record& record) {
  return record.kind == strategies::OutcomeKind::measured;
}

Controls untestable(Controls controls, trial::Record record, const std::string& end) {
  controls.result = Controls::Result::untestable;
  controls.reason = fmt::format(
      "{} ({}) cannot be tested: {}. See the trial's logs in trials/{}, and try "
      "`leakbisect check`.",
      end, record.label, record.reason, record.id);
  return controls;
}

void adopt(Controls& controls, const HuntContext& context) {
  controls.result = Controls::Result::apart;
  controls.clean_requests = controls.good.requests;
  adopt_loads(context, controls);
}

}  // namespace leakbisect::hunt
