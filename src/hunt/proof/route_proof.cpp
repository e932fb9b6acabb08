#include "hunt/proof/route_proof.hpp"

#include "base/quantity.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/route_controls.hpp"
#include "report/culprit_words.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using stats::Verdict;
using strategies::Configuration;
using strategies::Culprit;
using strategies::UnitIndex;
using trial::Purpose;

namespace {

// Windows of a proof are longer, and one that does not say what it should is measured again.
constexpr double proof_window_s = 8;
constexpr int proof_tries = 2;
constexpr double plain_odds = 4.6;  // ln 99
constexpr double shortest_start_s = 5;
// The accused must still account for this much of the growth that began the search.
constexpr double lasting_share = 0.5;

std::vector<UnitIndex> all_units(const strategies::Answer& answer) {
  std::vector<UnitIndex> units;
  for (const Culprit& culprit : answer.culprits)
    units.insert(units.end(), culprit.units.begin(), culprit.units.end());
  return units;
}

// Of a set that leaks only together, one unit off is enough; all off would prove less.
std::vector<UnitIndex> enough_off(const strategies::Answer& answer) {
  std::vector<UnitIndex> units;
  for (const Culprit& culprit : answer.culprits) units.push_back(culprit.units.front());
  return units;
}

// What the steps of one proof share.
struct Proving {
  HuntContext& context;
  const Controls& controls;
  const stats::WindowEnds& ends;
  const strategies::Answer& answer;
  RouteProof result{};
  std::vector<trial::Record> windows{};
  bool holds = true;
  std::string why_not{};

  void note(const trial::Record& record, bool leaking) {
    auto& trials = leaking ? result.proof.leaking_trials : result.proof.clean_trials;
    trials.push_back(record.id);
  }
  void refute(std::string why) {
    if (holds) why_not = std::move(why);
    holds = false;
  }
};

// The smallest of the accused leaks by so much, bytes per request of the whole load: windows are
// weighed against that, where they were weighed against more.
Controls looking_for(const Proving& proving, double slope) {
  Controls sharper = proving.controls;
  if (slope <= 0) return sharper;
  stats::WindowEnds ends = proving.ends;
  ends.smallest = std::min(ends.smallest, slope * ends.rate);
  sharper.judge = judge_by_windows(ends);
  return sharper;
}

double smallest_slope(const strategies::Answer& answer) {
  double slope = answer.culprits.front().slope;
  for (const Culprit& culprit : answer.culprits) slope = std::min(slope, culprit.slope);
  return slope;
}

// A window in the server of the search, twice when it does not say what it should: then both count
// together. Its lambda, or nothing when halted.
asio::awaitable<std::optional<double>> window(Proving& proving, Configuration configuration,
                                              double slope, bool leaking) {
  const Controls controls = looking_for(proving, slope);
  double lambda = 0;
  double odds = 0;
  for (int attempt = 0; attempt < proof_tries; ++attempt) {
    const Purpose purpose = leaking ? Purpose::proof_on : Purpose::proof_off;
    const std::string why = leaking ? "proof: the route alone" : "proof: all but the accused";
    const trial::Plan plan =
        judged_plan(proving.context, controls, purpose, configuration, why, proof_window_s);
    const auto record = co_await proving.context.trials.one(plan);
    if (!record) co_return std::nullopt;
    proving.note(*record, leaking);
    if (!measured(*record)) continue;
    proving.windows.push_back(*record);
    lambda = record->decision.lambda;
    odds += (leaking ? 1 : -1) * record->decision.llr;
    const bool as_claimed =
        record->decision.verdict == (leaking ? Verdict::leaking : Verdict::clean);
    if (as_claimed || odds >= plain_odds) co_return lambda;
  }
  proving.refute(leaking ? "it does not grow when it is requested alone"
                         : "memory grows also when it is not requested");
  co_return lambda;
}

// False when halted.
asio::awaitable<bool> prove_in_place(Proving& proving) {
  const strategies::SearchSpace& space = proving.context.space;
  double together = 0;
  for (const Culprit& culprit : proving.answer.culprits) {
    const Configuration alone = strategies::with_only(space, culprit.units);
    const auto lambda = co_await window(proving, alone, culprit.slope, true);
    if (!lambda) co_return false;
    together += *lambda;
  }
  if (together < lasting_share)
    proving.refute("growth has slowed down since the search began, as a cache that fills does");
  const Configuration without = strategies::without(space, enough_off(proving.answer));
  const auto rest = co_await window(proving, without, smallest_slope(proving.answer), false);
  co_return rest.has_value();
}

// A fresh server under one mix, judged like a window once its start is over: how a server starts
// differs from mix to mix, so its curve cannot be laid over that of another mix.
trial::Plan tail_plan(const Proving& proving, const Configuration& configuration) {
  const double start_s = std::max(shortest_start_s, 3 * proving.context.hunt.memory.warmup_s);
  const stats::WindowEnds ends = proving.ends;
  trial::Plan plan;
  plan.purpose = Purpose::proof_on;
  plan.configuration = configuration;
  plan.why = "proof: the accused alone, in a fresh server";
  plan.max_load_s = start_s + 2 * proof_window_s;
  plan.look = [ends, start_s](const stats::Series& run) {
    const stats::Series tail = stats::stretch(run, start_s);
    stats::Decision decision = stats::judge_window(ends, tail);
    decision.final = decision.final && !tail.empty() && tail.back().t_s >= proof_window_s;
    // Per second for now: count_by_request() divides by what is sent.
    decision.slope *= ends.rate;
    decision.slope_se *= ends.rate;
    return decision;
  };
  count_by_request(proving.context, plan);
  return plan;
}

// False when halted.
asio::awaitable<bool> prove_alone(Proving& proving) {
  const Configuration alone =
      strategies::with_only(proving.context.space, all_units(proving.answer));
  for (int attempt = 0; attempt < proof_tries; ++attempt) {
    const trial::Plan plan = tail_plan(proving, alone);
    const auto record = co_await proving.context.trials.one(plan);
    if (!record) co_return false;
    proving.note(*record, true);
    const bool grows = measured(*record) && record->decision.verdict == Verdict::leaking &&
                       record->decision.lambda >= lasting_share;
    if (grows) co_return true;
  }
  proving.refute("requested alone in a fresh server it does not grow as it did in the search");
  co_return true;
}

// The mix with and without the accused, in fresh servers. False when halted.
asio::awaitable<bool> prove_afresh(Proving& proving) {
  const strategies::SearchSpace& space = proving.context.space;
  HuntContext fresh = proving.context.between(
      strategies::bad_end(space), strategies::without(space, enough_off(proving.answer)));
  Controls ends;
  for (int attempt = 0; attempt < proof_tries; ++attempt) {
    ends = co_await measure_server_ends(fresh);
    if (ends.result == Controls::Result::halted) co_return false;
    if (ends.result != Controls::Result::untestable) break;
  }
  if (!ends.bad.id.empty()) proving.note(ends.bad, true);
  if (!ends.good.id.empty()) proving.note(ends.good, false);
  if (ends.result != Controls::Result::apart) {
    proving.refute("fresh servers with and without it: " + ends.reason);
    co_return true;
  }
  const double share = ends.leak_slope / proving.ends.full;  // both per second
  if (ends.judge->tells_parts() && share < lasting_share)
    proving.refute(
        fmt::format("of the growth, fresh servers lose only {:.0f}% without it", 100 * share));
  const bool going_on = co_await prove_alone(proving);
  co_return going_on;
}

std::string sentence_of_proof(const Proving& proving) {
  const report::Proof& proof = proving.result.proof;
  const std::string flat = fmt::format("{}", fmt::join(proof.clean_trials, ", "));
  const std::string grows = fmt::format("{}", fmt::join(proof.leaking_trials, ", "));
  if (proving.holds)
    return fmt::format(
        "not requested, memory stays flat ({}); requested alone it grows ({}); in the server of "
        "the search and in fresh ones.",
        flat, grows);
  return fmt::format("{} (flat it should be in {}, and grow in {}).", proving.why_not, flat, grows);
}

}  // namespace

asio::awaitable<RouteProof> prove_routes(HuntContext& context, const Controls& controls,
                                         const stats::WindowEnds& ends,
                                         const strategies::Answer& answer) {
  Proving proving{context, controls, ends, answer};
  bool going_on = co_await prove_in_place(proving);
  if (going_on && proving.holds) going_on = co_await prove_afresh(proving);
  proving.result.slopes = route_slopes(context, answer, proving.windows);
  proving.result.shares = shares_of_load(context, answer);
  proving.result.proof.done = going_on;
  proving.result.proof.holds = proving.holds;
  proving.result.proof.sentence = sentence_of_proof(proving);
  co_return proving.result;
}

void conclude_routes(report::Model& model, const RouteProof& proved) {
  for (std::size_t i = 0; i < std::min(model.culprits.size(), proved.slopes.size()); ++i) {
    model.culprits[i].slope = proved.slopes[i].slope;
    model.culprits[i].slope_se = proved.slopes[i].se;
    if (i < proved.shares.size()) model.culprits[i].of_requests = proved.shares[i];
  }
  if (model.result == report::HuntResult::culprit) model.sentence = report::answer_sentence(model);
}

}  // namespace leakbisect::hunt
