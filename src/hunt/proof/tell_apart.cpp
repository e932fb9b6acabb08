#include "hunt/proof/tell_apart.hpp"

#include "hunt/proof/proof.hpp"
#include "hunt/proof/standing.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;
using strategies::UnitIndex;

namespace {

constexpr int attempts = 2;  // of a trial that stays undecided
// What one trial may say at most: as much as both ends do.
const double most_sure = std::log(99.0 * 99.0);

std::string name_of(const strategies::SearchSpace& space, UnitIndex unit) {
  return unit == strategies::no_unit ? "the good end" : units::short_name(space.names[unit]);
}

// The only commit of the class that can be tested, and the others; nothing when it is not so.
std::optional<Apart> class_of(const HuntContext& context, const strategies::Answer& answer) {
  if (context.space.shape != strategies::Shape::history || answer.culprits.size() != 1 ||
      answer.culprits.front().units.size() != 1)
    return std::nullopt;
  const std::vector<trial::Record>& finished = context.trials.finished();
  const std::vector<bool> mute = mute_units(context.space, finished);
  Apart apart;
  for (const UnitIndex unit :
       same_as(context.space, finished, answer.culprits.front().units.front())) {
    if (mute[unit])
      apart.others.push_back(unit);
    else if (apart.unit != strategies::no_unit)
      return std::nullopt;
    else
      apart.unit = unit;
  }
  if (apart.others.empty() || apart.unit == strategies::no_unit) return std::nullopt;
  return apart;
}

void judge(Apart& apart, const trial::Record& record, const std::string& what) {
  apart.llr = std::clamp(record.decision.llr, -most_sure, most_sure);
  apart.words =
      record.decision.verdict == stats::Verdict::leaking
          ? fmt::format("{} leaks as well ({})", what, record.id)
          : fmt::format("{} does not leak ({}): the leak came before it", what, record.id);
}

asio::awaitable<bool> try_upon(HuntContext& upon, const Controls& controls, const std::string& what,
                               Apart& apart) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const trial::Plan plan = judged_plan(
        upon, controls, trial::Purpose::drill, strategies::bad_end(upon.space),
        "the commit's change upon what its class is built upon", controls.judge->proof_length_s());
    const auto record = co_await upon.trials.one(plan);
    if (!record) co_return false;
    apart.words = fmt::format("{} cannot be judged ({}): {}", what, record->id, record->reason);
    if (record->kind == OutcomeKind::untestable) break;
    if (record->kind != OutcomeKind::measured ||
        record->decision.verdict == stats::Verdict::undecided)
      continue;
    judge(apart, *record, what);
    break;
  }
  co_return true;
}

}  // namespace

std::vector<UnitIndex> Apart::named() const {
  if (llr > 0) return {unit};
  if (llr < 0) return others;
  std::vector<UnitIndex> all = others;
  all.push_back(unit);
  std::ranges::sort(all);
  return all;
}

void Apart::share_out(std::vector<double>& probabilities) const {
  if (llr == 0 || probabilities.empty()) return;
  double of_others = 0;
  for (const UnitIndex one : others) of_others += probabilities[one];
  const double all = of_others + probabilities[unit];
  const double weighed = of_others + probabilities[unit] * std::exp(llr);
  if (weighed <= 0) return;
  for (const UnitIndex one : others) probabilities[one] *= all / weighed;
  probabilities[unit] *= std::exp(llr) * all / weighed;
}

strategies::Answer Apart::narrowed(strategies::Answer answer) const {
  if (llr == 0) return answer;
  strategies::Culprit& culprit = answer.culprits.front();
  culprit.equivalents = named();
  culprit.units = {culprit.equivalents.back()};
  return answer;
}

asio::awaitable<std::optional<Apart>> tell_apart(HuntContext& context, const Controls& controls,
                                                 const units::UnitSource& source,
                                                 const strategies::Answer& answer,
                                                 std::list<units::Inside>& opened) {
  // A fix put upon another revision may have nothing to mend there.
  if (controls.find == config::Find::fix) co_return std::nullopt;
  auto apart = class_of(context, answer);
  if (!apart) co_return std::nullopt;
  strategies::Answer whole = answer;
  whole.culprits.front().equivalents = apart->named();
  const std::vector<trial::Record>& finished = context.trials.finished();
  const Claims claims = claims_of(context.space, whole, finished, controls, {});
  if (claims.without_effect.size() != 1) co_return std::nullopt;
  const UnitIndex parent = claims.parent.unit;
  const std::string what =
      fmt::format("the change of {} put upon {}", name_of(context.space, apart->unit),
                  name_of(context.space, parent));
  auto inside = source.inside_upon(apart->unit, parent);
  if (!inside || !inside->upon_good) {
    const std::string why = inside ? inside->why_not : inside.error().message;
    if (!why.empty()) apart->words = fmt::format("{} cannot be made: {}", what, why);
    co_return apart;
  }
  units::UnitSource* const upon_parent = opened.emplace_back(std::move(*inside)).upon_good.get();
  HuntContext upon = context.among(*upon_parent);
  const double spread = run_to_run(finished, controls);
  const Controls between = within(controls, claims.with_effect.front().step, spread);
  const bool is_tried = co_await try_upon(upon, between, what, *apart);
  if (!is_tried) co_return std::nullopt;
  co_return apart;
}

}  // namespace leakbisect::hunt
