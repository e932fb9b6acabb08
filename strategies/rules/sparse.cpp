// `sparse`: units whose slopes add up, an unknown number of them leaking, some perhaps only
// together. Configurations are drawn at random, the most telling one is tried, and every rule that
// could explain what was measured is weighed (rule_model.hpp), until one is as probable as wanted;
// trials of exactly the accused are chosen when they teach most. Units without which nothing runs
// are learnt (testability.hpp). Where no rule explains the slopes it goes by verdicts, and in the
// end as `split`, which assumes less.
//
// `pairs` is the same with other odds: that the leak needs two units is as likely as that it needs
// one. `random` is the same with the first configuration drawn.

#include "strategies/rules/design.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::strategies {

std::unique_ptr<Strategy> make_split(const SearchSpace&, const Prior&, std::uint64_t seed);

namespace {

constexpr double least_bits = 1e-3;  ///< a trial that tells less is not worth it
constexpr double doubted = 0.9;      ///< P(nothing leaks) at which the bad end is tried again
constexpr double seldom_together = 0.3;
constexpr double often_together = 1;

class Sparse final : public Strategy {
 public:
  Sparse(const SearchSpace& space, const Prior& prior, std::uint64_t seed, double together,
         Choice choice)
      : space_(space),
        unit_prior_(prior),
        seed_(seed),
        together_(together),
        choice_(choice),
        evidence_(space),
        testability_(space.size()) {}

  std::vector<Ask> ask(std::size_t n, const Costs& costs) override {
    started_ = true;
    update();
    if (answer_) return {};
    if (fallback_) return fallback_->ask(n, costs);
    std::vector<Ask> asks;
    while (asks.size() < n) {
      std::optional<Ask> next = next_ask();
      if (fallback_) return fallback_->ask(n, costs);
      if (!next) break;
      running_.push_back(next->configuration);
      asks.push_back(std::move(*next));
    }
    return asks;
  }

  void tell(const Configuration& configuration, const Outcome& outcome) override {
    const auto asked = std::ranges::find(running_, configuration);
    if (asked != running_.end()) running_.erase(asked);
    told_.emplace_back(configuration, outcome);
    if (outcome.kind == OutcomeKind::untestable) broken_.push_back(configuration);
    if (fallback_) {
      fallback_->tell(configuration, outcome);
      return;
    }
    if (answer_) return;
    evidence_.record(configuration, outcome);
    is_stale_ = true;
    if (started_) update();
  }

  [[nodiscard]] std::optional<Answer> answer() const override {
    return fallback_ ? fallback_->answer() : answer_;
  }

  [[nodiscard]] std::optional<Answer> part() const override {
    const bool fits = !fallback_ && belief_ && adds_up_ && belief_->fits();
    return fits ? part_answer(*belief_, evidence_.movable(), space_.confidence) : std::nullopt;
  }

  [[nodiscard]] Belief belief() const override;

 private:
  void update();
  bool look_at_ends();
  void believe();
  void believe_in(bool frees_base);
  void conclude();
  void doubt_bad_end(double probability);
  void give_up();
  void fall_back();
  [[nodiscard]] RulePrior prior_of(const TrialTable& table, bool frees_base) const;
  [[nodiscard]] std::optional<Ask> next_ask();

  const SearchSpace& space_;
  Prior unit_prior_;
  std::uint64_t seed_;
  double together_;
  Choice choice_;
  ToggleEvidence evidence_;
  Testability testability_;
  std::vector<std::pair<Configuration, Outcome>> told_;
  std::vector<Configuration> running_;
  std::vector<Configuration> broken_;  ///< untestable: asking again would teach nothing
  std::size_t designs_ = 0;
  bool started_ = false;
  bool is_stale_ = true;
  bool ends_are_known_ = false;
  bool adds_up_ = true;             ///< slopes count, not only verdicts
  std::size_t verdicts_since_ = 0;  ///< rows there were when only verdicts began to count
  double error_ = 1;                ///< see DesignInputs
  std::optional<RuleBelief> belief_;
  std::optional<Ask> to_verify_;  ///< before an answer is given
  std::optional<Answer> answer_;
  std::unique_ptr<Strategy> fallback_;
};

void Sparse::update() {
  if (!is_stale_ || answer_ || fallback_) return;
  is_stale_ = false;
  if (!look_at_ends() || answer_) return;
  believe();
  conclude();
}

/// An end is tried until it is as sure as wanted. True once both ends are known.
bool Sparse::look_at_ends() {
  if (ends_are_known_) return true;
  const Configuration bad = bad_end(space_);
  const Configuration good = good_end(space_);
  if (evidence_.needs_trial(bad) || evidence_.needs_trial(good)) return false;
  ends_are_known_ = true;
  answer_ = evidence_.answer_of_ends();
  return true;
}

RulePrior Sparse::prior_of(const TrialTable& table, bool frees_base) const {
  RulePrior prior;
  const std::optional<Slope> total = evidence_.total();
  prior.adds_up = adds_up_ && total.has_value();
  prior.frees_base = frees_base;
  if (prior.adds_up) prior.set_scale(*total, table.typical_error(), space_.smallest_slope);
  prior.together = together_;
  prior.knows_unswitched = testability_.saw_broken();
  if (!unit_prior_.empty()) prior.set_weights(unit_prior_, evidence_.movable());
  return prior;
}

void Sparse::believe() {
  testability_.learn(evidence_.runs());
  believe_in(false);
  // All units off may be another server than the others are.
  if (adds_up_ && !belief_->fits()) believe_in(true);
}

void Sparse::believe_in(bool frees_base) {
  const std::vector<TrialTable> tables = evidence_.tables();
  std::vector<RuleModel> models;
  models.reserve(tables.size());
  for (const TrialTable& table : tables) models.emplace_back(table, prior_of(table, frees_base));
  const auto related = [this](UnitIndex a, UnitIndex b) { return evidence_.are_related(a, b); };
  belief_.emplace(models, related);
  const RuleModel& model = models[belief_->model()];
  adds_up_ = model.prior().adds_up;
  error_ = std::max(space_.noise.false_positive, space_.noise.false_negative);
  if (!adds_up_) return;
  error_ = belief_->inflation() * model.typical_error();
}

void Sparse::conclude() {
  const WeighedRule& best = belief_->best();
  const std::vector<UnitIndex>& movable = evidence_.movable();
  const std::size_t patient = 4 + static_cast<std::size_t>(std::bit_width(movable.size()));
  const bool fits = !adds_up_ || belief_->fits();
  const bool is_sure = fits && !best.rule.empty() && best.probability >= space_.confidence;
  to_verify_ =
      is_sure ? verifying(space_, evidence_, testability_.saw_broken(), best.rule) : std::nullopt;
  if (fits && best.rule.empty()) doubt_bad_end(best.probability);
  if (answer_) return;
  if (is_sure && !to_verify_) {
    answer_ = answer_of(best, movable);
    answer_->spread_share = spread_shares[belief_->model()];
  } else if (!fits && evidence_.rows() > 5 * patient) {
    adds_up_ = false;
    verdicts_since_ = evidence_.rows();
    believe();
  } else if (evidence_.rows() >= most_rows || designs_ > 3 * most_rows ||
             (verdicts_since_ > 0 && evidence_.rows() > verdicts_since_ + 4 * patient)) {
    fall_back();
  }
}

/// No unit explains the leak of the bad end: luck may have made it. It is tried again until its
/// trials together say that nothing leaks, or something is found, or they were enough.
void Sparse::doubt_bad_end(double probability) {
  const Configuration bad = bad_end(space_);
  if (probability >= space_.confidence && evidence_.weight(bad) <= 0) {
    answer_ = Answer{AnswerKind::none, {}, probability, "nothing leaks with all units on"};
  } else if (probability >= doubted && evidence_.may_repeat(bad)) {
    to_verify_ = Ask{bad, "nothing explains its leak: once more", 0};
  }
}

/// No trial tells the rules that are left apart.
void Sparse::give_up() {
  answer_ = class_answer(*belief_, evidence_.movable(), space_.confidence);
  if (!answer_) fall_back();
}

void Sparse::fall_back() {
  fallback_ = make_split(space_, unit_prior_, seed_);
  for (const auto& [configuration, outcome] : told_) fallback_->tell(configuration, outcome);
}

std::optional<Ask> Sparse::next_ask() {
  const auto is_running = [&](const Configuration& configuration) {
    return std::ranges::find(running_, configuration) != running_.end();
  };
  for (const Configuration& configuration : evidence_.wanted()) {
    if (!is_running(configuration)) return Ask{configuration, "once more", 0};
  }
  if (!ends_are_known_) {
    for (const Configuration& end : {bad_end(space_), good_end(space_)}) {
      if (evidence_.needs_trial(end) && !is_running(end)) return Ask{end, "both ends first", 0};
    }
    return std::nullopt;
  }
  if (to_verify_ && !is_running(to_verify_->configuration)) return to_verify_;
  // What rules that do not fit foresee of a trial is worth nothing.
  const bool is_lost = adds_up_ && !(belief_->fits() && belief_->is_trusted());
  const Choice choice = is_lost ? Choice::blind : choice_;
  const DesignInputs inputs{
      space_, evidence_.movable(), *belief_, testability_, error_, adds_up_, choice, broken_};
  Ask best = best_design(inputs, running_, Draws{seed_ * 0x2545f4914f6cdd1dULL + designs_++});
  if (best.bits >= (choice == Choice::blind ? 0 : least_bits)) return best;
  if (running_.empty()) give_up();
  return std::nullopt;
}

Belief Sparse::belief() const {
  if (fallback_) return fallback_->belief();
  return belief_of(belief_ ? &*belief_ : nullptr, evidence_.movable());
}

}  // namespace

std::unique_ptr<Strategy> make_sparse(const SearchSpace& space, const Prior& prior,
                                      std::uint64_t seed) {
  return std::make_unique<Sparse>(space, prior, seed, seldom_together, Choice::telling);
}

std::unique_ptr<Strategy> make_pairs(const SearchSpace& space, const Prior& prior,
                                     std::uint64_t seed) {
  return std::make_unique<Sparse>(space, prior, seed, often_together, Choice::telling);
}

std::unique_ptr<Strategy> make_random(const SearchSpace& space, const Prior& prior,
                                      std::uint64_t seed) {
  return std::make_unique<Sparse>(space, prior, seed, seldom_together, Choice::blind);
}

}  // namespace leakbisect::strategies
