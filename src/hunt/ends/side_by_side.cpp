#include "hunt/ends/side_by_side.hpp"

#include "hunt/ends/load_rate.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/ends/route_controls.hpp"
#include "strategies/search_space.hpp"

#include <algorithm>
#include <map>
#include <thread>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Configuration;
using trial::Record;

namespace {

constexpr std::string_view why_beside = "watched beside the ends";
constexpr std::string_view marked = ", side by side";
constexpr std::size_t most_servers = 8;
constexpr double rate_a_core = 1600;  // requests a second of all servers and their load together

bool names_port(const std::string& text) {
  return text.find("{port}") != text.npos;
}

// The ends first. With few units all trials of a search and its proof, else each unit off, else
// nothing more.
std::vector<Configuration> beside_ends(const HuntContext& context, std::size_t most) {
  const strategies::SearchSpace& space = context.space;
  std::vector<Configuration> all;
  if (space.shape != strategies::Shape::toggles || context.has_own_leaking_end()) return all;
  const std::size_t units = space.size();
  if (units + 2 > most) return all;
  for (strategies::UnitIndex unit = 0; unit < units; ++unit)
    all.push_back(strategies::without(space, {unit}));
  if (2 * units + 2 > most) return all;
  for (strategies::UnitIndex unit = 0; unit < units; ++unit) {
    const Configuration only = strategies::with_only(space, {unit});
    if (std::ranges::find(all, only) == all.end()) all.push_back(only);
  }
  return all;
}

std::size_t most_beside(const HuntContext& context) {
  const double cores = std::max(1u, std::thread::hardware_concurrency());
  const auto* http = std::get_if<config::HttpLoad>(&context.hunt.load.kind);
  const double rate = http ? std::max(1.0, http->rate) : 100;
  const auto bearable = static_cast<std::size_t>(cores * rate_a_core / rate);
  return std::clamp<std::size_t>(bearable, 2, most_servers);
}

trial::Plan plan_beside(const HuntContext& context, Configuration configuration, double length_s) {
  trial::Plan plan;
  plan.purpose = trial::Purpose::search;
  plan.configuration = std::move(configuration);
  plan.why = why_beside;
  plan.max_load_s = length_s;
  plan.clean_build = true;
  plan.look = [length_s](const stats::Series& run) {
    stats::Decision decision;
    decision.decided_at_s = run.empty() ? 0 : run.back().t_s;
    decision.reason = "judged when the ends are known";
    decision.final = decision.decided_at_s >= length_s;
    return decision;
  };
  count_by_request(context, plan);
  return plan;
}

}  // namespace

bool may_run_side_by_side(const HuntContext& context) {
  const config::HuntFile& hunt = context.hunt;
  if (hunt.limits.parallel_is_given || !hunt.subject) return false;
  bool has_port = std::ranges::any_of(hunt.subject->start.argv, names_port);
  for (const auto& [name, value] : hunt.subject->env) has_port = has_port || names_port(value);
  return has_port;
}

bool is_side_by_side(const Record& record) {
  return record.why.ends_with(marked);
}

asio::awaitable<std::vector<Record>> run_side_by_side(HuntContext& context, trial::Plan bad,
                                                      double length_s) {
  Trials& trials = context.trials;
  const int slots = trials.slots();
  std::vector<Configuration> others = beside_ends(context, most_beside(context));
  trials.set_slots(static_cast<int>(others.size()) + 2);
  // No run may end before the others: each is to be as old.
  trial::Plan good = plan_beside(context, context.flat_end(), length_s);
  good.purpose = trial::Purpose::control_good;
  good.why = "control: the end that should be clean";
  bad.look = good.look;
  for (trial::Plan* end : {&bad, &good}) end->why += marked;
  trials.begin(std::move(bad));
  trials.begin(std::move(good));
  for (Configuration& configuration : others)
    trials.begin(plan_beside(context, std::move(configuration), length_s));
  std::vector<Record> records;
  for (std::size_t left = others.size() + 2; left > 0; --left) {
    auto record = co_await trials.next();
    if (!record) co_return std::vector<Record>{};
    records.push_back(std::move(*record));
  }
  trials.set_slots(slots);
  co_return records;
}

void judge_side_by_side(HuntContext& context, const Controls& controls) {
  std::map<std::string, Record> seen;
  for (Record record : context.trials.finished()) {
    if (record.why != why_beside || record.kind != strategies::OutcomeKind::measured) continue;
    if (const auto decision = controls.judge->again(context, controls, record))
      record.decision = *decision;
    context.confirm(record.id);  // as long as a proof
    seen.emplace(record.id, std::move(record));
  }
  context.see_as([seen = std::move(seen)](const Record& record) {
    const auto found = seen.find(record.id);
    return found == seen.end() ? record : found->second;
  });
}

std::vector<Record> seen_beside(const HuntContext& context) {
  std::vector<Record> beside = context.finished_as_seen();
  std::erase_if(beside, [](const Record& record) { return record.why != why_beside; });
  return beside;
}

}  // namespace leakbisect::hunt
