#include "hunt/answer/sure_part.hpp"

#include "base/quantity.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/answer/culprit_size.hpp"
#include "report/culprit_words.hpp"
#include "report/words.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Answer;
using strategies::AnswerKind;

namespace {

constexpr double worth_looking_on = 0.1;  // of the leak: less is left with a sentence
constexpr double worth_a_word = 0.05;     // of the leak
constexpr double worth_naming = 0.9;      // a unit as the likeliest ...
constexpr double rival_share = 0.5;       // ... unless another is as likely as this

// How long the longest trial without the culprits, and nothing else off, looked.
std::string seen_for(const report::Model& model) {
  double longest_s = 0;
  for (const trial::Record& record : model.trials)
    if (record.purpose != trial::Purpose::control_good &&
        record.off.size() == model.culprits.size() &&
        std::ranges::all_of(model.culprits, [&](const report::CulpritRow& row) {
          return std::ranges::find(record.off, row.unit) != record.off.end();
        }))
      longest_s = std::max(longest_s, record.decision.decided_at_s);
  return longest_s > 0 ? fmt::format(" within {}", format_duration(longest_s)) : "";
}

std::string off_switches(const report::Model& model) {
  std::string switches;
  for (const report::CulpritRow& row : model.culprits)
    switches += fmt::format(" --off {}", report::shell_quote(row.unit));
  return switches;
}

// Where the others are equally likely, none of them is: what they share is the doubt.
std::string likeliest_other(const report::Model& model) {
  std::vector<std::pair<std::string, double>> others;
  for (const auto& entry : model.ranking)
    if (!report::has_row(model.culprits, entry.first)) others.push_back(entry);
  if (others.empty() || others[0].second < worth_naming) return "";
  if (others.size() > 1 && others[1].second > rival_share) return "";
  return fmt::format(" (likeliest: {}, {})", others[0].first,
                     report::percent_text(others[0].second));
}

}  // namespace

void conclude_proven(report::Model& model, const Controls& controls, const Proven& proven) {
  conclude_proof(model, proven.proof);
  if (proven.proof.holds) size_culprits(model, controls);
  if (proven.left >= worth_a_word) {
    for (report::CulpritRow& row : model.culprits)
      row.share = std::clamp(row.slope / controls.leak_slope, 0.01, 1 - worth_a_word);
    // What goes on without the only one is told beside it.
    if (model.culprits.size() == 1) model.culprits.front().share = 1 - proven.left;
  }
  if (model.result == report::HuntResult::culprit) model.sentence = report::answer_sentence(model);
}

void name_rest(report::Model& model, const Controls& controls, double left, std::size_t trials) {
  if (left < worth_a_word || model.result != report::HuntResult::culprit) return;
  model.advice.push_back(fmt::format(
      "{:.0f}% of the leak, {}, was still seen without {}{}, and was not explained{}{}: it leaks, "
      "or only fills up. `leakbisect measure {}{} --alone --for 10m` tells which; if it leaks, "
      "switch that off for good and hunt again",
      100 * left, report::slope_words(left * controls.leak_slope, 0, per_what(controls)),
      model.culprits.size() > 1 ? "them" : model.culprits.front().unit, seen_for(model),
      trials > 0 ? fmt::format(" in {} trials more", trials) : "", likeliest_other(model),
      report::shell_quote(model.hunt_file.string()), off_switches(model)));
}

asio::awaitable<std::optional<Answer>> SurePart::prove_first(Search& search, Answer part) {
  parts_.terminal.note("some are sure: they are proven before the rest is searched");
  const Proven proven = co_await prove(parts_.context, parts_.controls, part);
  search.stops_at_part = false;
  if (!proven.proof.done) co_return std::nullopt;
  tell_proof(search);
  if (!proven.proof.holds) {
    parts_.terminal.warn("the proof of the likeliest does not hold yet; the search goes on: " +
                         proven.proof.sentence);
    co_return co_await search.run();
  }
  parts_.concluded = true;
  conclude(part, proven);
  co_await look_further(search, part, proven.left);
  conclude_rest(parts_.model, parts_.context.trials.halt());
  co_return std::nullopt;
}

// Its trials are evidence as any.
void SurePart::tell_proof(Search& search) const {
  const std::vector<trial::Record> finished = parts_.context.trials.finished();
  for (const trial::Record& record : finished)
    if (is_of_proof(record)) search.tell(record);
}

asio::awaitable<void> SurePart::look_further(Search& search, const Answer& part, double left) {
  const Trials& trials = parts_.context.trials;
  const std::size_t before = trials.finished().size();
  if (left >= worth_looking_on) {
    const double until_now = cost_s(trials.finished());
    const double worth = std::min(until_now, left * parts_.context.hunt.limits.budget_s);
    search.is_enough = [&trials, until_now, worth] {
      return cost_s(trials.finished()) > until_now + worth;
    };
    parts_.terminal.note(fmt::format("{:.0f}% of the leak is left: searched for {}", 100 * left,
                                     format_duration(worth)));
    const auto found = co_await search.run();
    const bool is_more = found && found->kind == AnswerKind::culprit &&
                         found->culprits.size() > part.culprits.size();
    if (is_more && co_await prove_all(*found)) co_return;
  }
  name_rest(parts_.model, parts_.controls, left, trials.finished().size() - before);
}

// True when the answer with the others was proven, and stands.
asio::awaitable<bool> SurePart::prove_all(const Answer& answer) {
  const Proven proven = co_await prove(parts_.context, parts_.controls, answer);
  if (!proven.proof.done || !proven.proof.holds) co_return false;
  conclude(answer, proven);
  name_rest(parts_.model, parts_.controls, proven.left, 0);
  co_return true;
}

void SurePart::conclude(const Answer& answer, const Proven& proven) {
  parts_.model.culprits.clear();
  conclude_answer(parts_.model, parts_.source, parts_.controls, answer);
  conclude_proven(parts_.model, parts_.controls, proven);
  parts_.on_change();
}

}  // namespace leakbisect::hunt
