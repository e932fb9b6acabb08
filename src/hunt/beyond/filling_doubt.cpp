// Whether what was found may be something that fills up, and the watch that tells.

#include "hunt/answer/answer.hpp"
#include "hunt/beyond/filling.hpp"
#include "hunt/beyond/followed.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/growth_watch.hpp"
#include "report/culprit_words.hpp"
#include "stats/lasting.hpp"

#include <algorithm>
#include <utility>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using report::CulpritRow;
using strategies::OutcomeKind;
using trial::Record;

namespace {

constexpr int most_searches = 3;       // each is a search anew
constexpr double whole_share = 0.95;   // of the leak: nothing else grows
constexpr double part_of_unit = 0.5;   // of the smallest that is accused: a filling worth finding
constexpr double worth_a_watch = 1.5;  // times the age that the bad end has been seen at
constexpr double slows_by = 0.3;       // of what is claimed, within a proof's trial
constexpr double past_common_cache = 1.3;  // of the requests that fill a common cache

const Record* proof_record(const HuntContext& context, const std::string& id) {
  const auto& finished = context.trials.finished();
  const auto found = std::ranges::find(finished, id, &Record::id);
  return found == finished.end() ? nullptr : &*found;
}

}  // namespace

// Of a proof that has a trial without the culprit that is as long: that is the server's own bend.
bool Fillings::slows_in_proof(const Controls& controls) const {
  const stats::Reading reading = growth_reading(*controls.judge->curves());
  const double from_s = bends_from_s(stats_options(context_.hunt, controls));
  double claimed = 0;
  for (const CulpritRow& row : model_.culprits) claimed += row.slope;
  if (claimed <= 0) claimed = controls.leak_slope;
  for (const std::string& id : model_.proof.leaking_trials) {
    const Record* const on = proof_record(context_, id);
    if (on == nullptr || on->kind != OutcomeKind::measured) continue;
    const auto run = samples_of(context_.directory, *on);
    const auto bend = run ? stats::bend_of(*run, reading, from_s) : std::nullopt;
    if (!bend || bend->before.slope - bend->after.slope < slows_by * claimed) continue;
    const auto is_own = [&](const std::string& without) {
      const Record* const off = proof_record(context_, without);
      const auto clean = off ? samples_of(context_.directory, *off) : fail("");
      return clean && age_of(*clean) > 1.15 * bend->age_s &&
             stats::bends_beyond(*run, *clean, reading, from_s).empty();
    };
    if (std::ranges::none_of(model_.proof.clean_trials, is_own)) return true;
  }
  return false;
}

bool Fillings::is_doubtful(const Controls& controls, const Step& step) const {
  const bool may_be = controls.judge->curves() && controls.pattern.empty() &&
                      controls.find == config::Find::leak && rounds_ < most_searches &&
                      context_.trials.halt() == Halt::none && model_.proof.done;
  if (!may_be) return false;
  return is_part(step) || may_be_buffers(controls, step) || slows_in_proof(controls);
}

bool Fillings::is_part(const Step& step) const {
  return model_.result == report::HuntResult::culprit &&
         (!step.is_whole() || model_.culprits.size() > 1 ||
          std::ranges::any_of(model_.culprits,
                              [](const CulpritRow& row) { return row.share < whole_share; }));
}

bool Fillings::may_be_buffers(const Controls& controls, const Step& step) const {
  const Measure measure = traits(controls.judge->curves()->metric()).measure;
  return model_.proof.holds && std::ranges::any_of(model_.culprits, [&](const CulpritRow& row) {
           const stats::Followed seen = followed(context_, controls, row, !is_part(step));
           return seen.requests > 0 && may_be_buffer(seen, measure, is_part(step));
         });
}

// A single leak that grows evenly is only watched until common buffers would be full.
GrowthWatch Fillings::watch_of(const Controls& controls, const Step& step) const {
  GrowthWatch watch{growth_watch_s(context_), 1};
  double rest = 1;  // of the leak
  for (const CulpritRow& row : model_.culprits) {
    const double share = row.slope / controls.leak_slope;
    watch.smallest_share = std::min(watch.smallest_share, part_of_unit * share);
    rest -= share;
  }
  if (rest > 1 - whole_share)
    watch.smallest_share = std::min(watch.smallest_share, part_of_unit * rest);
  if (is_part(step) || slows_in_proof(controls) || controls.bad.requests <= 0) return watch;
  const Measure measure = traits(controls.judge->curves()->metric()).measure;
  const double per_s = controls.bad.requests / std::max(controls.bad.seconds, 1.0);
  const double wanted = requests_beyond_buffers(controls.leak_slope, measure);
  watch.length_s = std::min(watch.length_s, past_common_cache * wanted / per_s);
  return watch;
}

asio::awaitable<std::optional<Controls>> Fillings::watch(const Controls& controls,
                                                         const Step& step) {
  if (!is_doubtful(controls, step)) co_return std::nullopt;
  const GrowthWatch watch = watch_of(controls, step);
  const bool is_worth_it = watch.length_s < growth_watch_s(context_) ||  // no more is wanted
                           watch.length_s > worth_a_watch * controls.bad.seconds ||
                           bends_a_little(context_, controls, watch.smallest_share);
  std::optional<Controls> beyond;
  if (has_watched_growth(context_) || is_worth_it)
    beyond = co_await watch_growth(context_, controls, watch);
  if (beyond) co_return beyond;
  if (context_.trials.halt() != Halt::none)
    doubt("whether that leaks or only fills up was not watched to the end");
  else if (may_be_buffers(controls, step))
    doubt("so little of it was seen that a buffer or a cache explains it as well");
  else if (!is_worth_it && slows_in_proof(controls))
    doubt("it slows down, and whether it only fills up was not watched");
  co_return std::nullopt;
}

// What is proven goes on with the effect; that it goes on for ever is not.
void Fillings::doubt(std::string why) {
  model_.may_fill = std::move(why);
  const bool was_cut_off = context_.trials.halt() != Halt::none;
  model_.result = was_cut_off ? report::HuntResult::budget : report::HuntResult::undecided;
  model_.sentence = report::answer_sentence(model_);
  model_.advice.emplace_back(until_full);
  conclude_rest(model_, context_.trials.halt());
}

}  // namespace leakbisect::hunt
