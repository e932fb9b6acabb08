#include "hunt/beyond/other_kinds.hpp"

#include "base/quantity.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/answer/culprit_row.hpp"
#include "hunt/ends/kinds_of_ends.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/proof/judged_again.hpp"
#include "hunt/proof/proof.hpp"
#include "hunt/proof/steps.hpp"
#include "hunt/search/search.hpp"
#include "report/culprit_words.hpp"
#include "report/words.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace asio = boost::asio;
using strategies::Answer;
using strategies::AnswerKind;
using strategies::OutcomeKind;
using trial::Record;

namespace {

constexpr double worth_a_search = 0.002;  // of all that leaks: less is told, not searched
constexpr double worth_telling = 0.005;   // of it

// While it lives, the hunt's trials so far are seen as another kind of memory judges them.
class SeenByKind {
 public:
  SeenByKind(HuntContext& context, const Controls& by)
      : context_(context), before_(context.seen_as()), confirming_(context.confirming()) {
    see_by(context, by);
  }
  SeenByKind(const SeenByKind&) = delete;
  SeenByKind& operator=(const SeenByKind&) = delete;
  ~SeenByKind() {
    context_.see_as(std::move(before_));
    for (const std::string& trial : confirming_) context_.confirm(trial);
  }

 private:
  HuntContext& context_;
  SeenAs before_;
  std::set<std::string> confirming_;
};

// True when a trial without all of the culprits is as flat in this kind as the good end.
bool is_explained(const HuntContext& context, const report::Model& model, const Controls& by) {
  bool is_flat = false;
  for (const Record& record : context.finished_as_seen()) {
    const bool is_without =
        std::ranges::find(model.proof.clean_trials, record.id) != model.proof.clean_trials.end();
    if (!is_without || record.kind != OutcomeKind::measured) continue;
    if (record.decision.verdict == verdict_of(by.find, true)) return false;
    is_flat = is_flat || record.decision.verdict == verdict_of(by.find, false);
  }
  return is_flat;
}

class OtherKinds {
 public:
  explicit OtherKinds(KindParts parts) : parts_(parts) {}

  asio::awaitable<void> look() {
    double whole = parts_.controls.leak_slope;
    for (const stats::KindEnds& kind : parts_.controls.other_kinds) whole += added(kind);
    bool has_new = false;
    double left = 0;
    for (const stats::KindEnds& kind : parts_.controls.other_kinds) {
      if (parts_.context.trials.halt() != Halt::none) break;
      const Controls by = by_kind(parts_.context, parts_.controls, kind);
      const SeenByKind seen(parts_.context, by);
      if (is_explained(parts_.context, parts_.model, by)) {
        add_part(kind);
        continue;
      }
      const bool is_worth = kind.cost >= worth_a_search * whole;
      const bool is_found = is_worth && co_await search(by, kind);
      has_new = has_new || is_found;
      if (is_found) continue;
      left += added(kind);
      if (kind.cost >= worth_telling * whole) tell_of(kind);
    }
    if (has_new) rank(left);
  }

 private:
  // What a kind adds to the size of a leak whose first kind does not hold its bytes already.
  static double added(const stats::KindEnds& kind) { return kind.is_within ? 0 : kind.cost; }

  // The culprits' own kinds grow beside it; several share it in proportion.
  void add_part(const stats::KindEnds& kind) const {
    double whole = 0;
    for (const report::CulpritRow& row : parts_.model.culprits) whole += row.slope;
    for (report::CulpritRow& row : parts_.model.culprits) {
      const double share = whole > 0 ? row.slope / whole : 0;
      if (row.parts.empty()) row.parts.push_back({parts_.controls.kind, row.slope, row.slope_se});
      row.parts.push_back({kind.name, share * kind.cost, share * kind.cost_se});
      row.slope += share * added(kind);
      row.slope_se = std::hypot(row.slope_se, share * (kind.is_within ? 0 : kind.cost_se));
    }
    if (parts_.model.result == report::HuntResult::culprit)
      parts_.model.sentence = report::answer_sentence(parts_.model);
  }

  asio::awaitable<bool> search(const Controls& by, const stats::KindEnds& kind) {
    HuntContext& context = parts_.context;
    parts_.terminal.note(fmt::format("{} goes on without it: searched by itself", named(kind)));
    const strategies::StrategyInfo& info = strategies::default_strategy(context.space);
    const auto strategy = info.make(context.space, context.space.prior, parts_.model.seed);
    Search search(context, by, *strategy, trial::Purpose::search, std::nullopt);
    search.tell_ends();
    // Whose it is, is proven as soon as it is likely enough: the trials so far know most of it.
    search.stops_at_part = false;
    search.is_enough = [&strategy] { return strategy->part().has_value(); };
    for (const Record& record : context.finished_as_seen())
      if (is_of_search(record)) search.tell_known(record.configuration, effect_of(record, by));
    auto answer = co_await search.run();
    if (answer && answer->kind != AnswerKind::culprit)
      if (auto part = strategy->part()) answer = std::move(part);
    likeliest_.clear();
    if (const auto ranking = strategy->belief().ranking; !ranking.empty())
      likeliest_ =
          fmt::format(" (likeliest: {}, {})", parts_.source.describe(ranking.front().first),
                      report::percent_text(ranking.front().second));
    if (!answer || answer->kind != AnswerKind::culprit) co_return false;
    const Proven proven = co_await prove(context, by, *answer);
    if (!proven.proof.done || !proven.proof.holds) co_return false;
    conclude(by, *answer, proven, kind);
    co_return true;
  }

  void conclude(const Controls& by, const Answer& answer, const Proven& proven,
                const stats::KindEnds& kind) const {
    report::Model& model = parts_.model;
    for (const strategies::Culprit& culprit : answer.culprits) {
      report::CulpritRow row = row_of(model, parts_.source, by, culprit);
      if (auto* const same = report::find_row(model.culprits, row.unit)) {
        // A part of this kind is the first culprit's too.
        if (!kind.is_within) same->slope += row.slope;
        continue;
      }
      row.parts.push_back({kind.name, row.slope, row.slope_se});
      row.proof = proven.proof.sentence;
      model.culprits.push_back(std::move(row));
    }
  }

  // The share of each in what the host loses, the dearest first.
  void rank(double left) const {
    report::Model& model = parts_.model;
    std::ranges::stable_sort(model.culprits,
                             [](const auto& a, const auto& b) { return a.slope > b.slope; });
    double sum = left;
    for (const report::CulpritRow& row : model.culprits) sum += row.slope;
    for (report::CulpritRow& row : model.culprits) {
      if (row.parts.empty()) row.parts.push_back({parts_.controls.kind, row.slope, row.slope_se});
      row.share = std::clamp(row.slope / sum, 0.001, 0.999);
    }
    model.sentence = report::answer_sentence(model);
  }

  void tell_of(const stats::KindEnds& kind) const {
    parts_.model.advice.push_back(fmt::format(
        "{} goes on without {} and was not explained{}: switch that off for good and hunt again, "
        "or give it more time (limits.budget)",
        named(kind),
        parts_.model.culprits.size() > 1 ? "them" : report::who(parts_.model.culprits.front()),
        likeliest_));
  }

  [[nodiscard]] std::string named(const stats::KindEnds& kind) const {
    return fmt::format("{} in {}",
                       report::slope_words(kind.cost, kind.cost_se, per_what(parts_.controls)),
                       kind.name);
  }

  KindParts parts_;
  std::string likeliest_;  // of the last search
};

}  // namespace

asio::awaitable<void> look_at_other_kinds(KindParts parts) {
  if (parts.model.result != report::HuntResult::culprit ||
      parts.context.trials.halt() != Halt::none)
    co_return;
  OtherKinds others(parts);
  co_await others.look();
}

}  // namespace leakbisect::hunt
