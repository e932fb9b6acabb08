#include "hunt/beyond/drill_origin.hpp"

#include "hunt/ends/polarity.hpp"

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::OutcomeKind;

namespace {

constexpr int origin_attempts = 2;  // of a trial that stays undecided

// Nothing: not known yet.
std::optional<report::Origin> origin_of(const trial::Record& record, config::Find find) {
  using Kind = report::Origin::Kind;
  const bool fix = find == config::Find::fix;
  const std::string upon = fix ? "put upon the older end it " : "put upon the good end it ";
  if (record.kind == OutcomeKind::untestable)
    return report::Origin{Kind::unknown, record.id, upon + "cannot be tested: " + record.reason};
  if (record.kind != OutcomeKind::measured) return std::nullopt;
  if (record.decision.verdict == verdict_of(find, true))
    return report::Origin{
        Kind::complete, record.id,
        upon + (fix ? "ends the leak as well: nothing that came in between is needed"
                    : "leaks as well: nothing that came in between is needed")};
  if (record.decision.verdict == verdict_of(find, false))
    return report::Origin{
        Kind::enabling, record.id,
        upon + (fix ? "does not end the leak: something that came in between is needed as well"
                    : "does not leak: this commit only lets out a leak that came in between; look "
                      "for it in what these lines call or switch on")};
  return std::nullopt;
}

}  // namespace

asio::awaitable<void> find_origin(HuntContext& context, const Controls& controls,
                                  const OriginOf& of, report::Drill& drill) {
  const units::Inside& inside = of.inside;
  if (!inside.upon_good || of.on.empty()) co_return;
  const strategies::SearchSpace& space = inside.upon_good->space();
  HuntContext upon = context.among(*inside.upon_good);
  const auto configuration = with_hunks(space, of.on);
  for (int attempt = 0; attempt < origin_attempts && of.cost.allows(1); ++attempt) {
    trial::Plan plan = judged_plan(upon, controls, trial::Purpose::drill, configuration,
                                   "the hunk upon the good end", 0);
    const auto record = co_await upon.trials.one(plan);
    if (!record) co_return;
    const auto found = origin_of(*record, controls.find);
    drill.origin = found.value_or(
        report::Origin{report::Origin::Kind::unknown, record->id,
                       "put upon the good end it could not be judged: " + record->reason});
    if (found) co_return;
  }
}

}  // namespace leakbisect::hunt
