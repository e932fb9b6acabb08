#include "hunt/proof/proof_words.hpp"

#include "units/unit_source.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace {

// Where one looks instead of at the culprit's parent.
std::string ancestor_words(const HuntContext& context, const Stand& stand) {
  const std::string name = stand.unit == strategies::no_unit
                               ? "the good end"
                               : units::short_name(context.space.names[stand.unit]);
  if (stand.skipped == 0) return fmt::format("at {}, upon which all of them are built,", name);
  return fmt::format("at {}, the nearest ancestor that can be tested ({} {} between cannot),", name,
                     stand.skipped, stand.skipped == 1 ? "commit" : "commits");
}

struct Sides {
  std::string off, on;
};

// Where a proof looks, in the words of the units of this hunt.
Sides sides_of(const HuntContext& context, const Claims& claims) {
  if (context.space.shape != strategies::Shape::history) return {"with it off", "with it alone"};
  const bool is_git = std::holds_alternative<config::GitUnits>(context.hunt.units);
  Sides sides{is_git ? "at its parent" : "at the version before",
              is_git ? "at the commit" : "at the version"};
  if (!claims.parent.is_own) sides.off = ancestor_words(context, claims.parent);
  if (!claims.commit.is_own)
    sides.on = fmt::format("at {}, {},", units::short_name(context.space.names[claims.commit.unit]),
                           claims.commit.skipped > 0 ? "the nearest descendant that can be tested"
                                                     : "the newest of them");
  return sides;
}

// Why a trial of a proof does not show `wanted`; "" when it does.
std::string doubt_of(const trial::Record& record, stats::Verdict wanted) {
  if (record.kind != strategies::OutcomeKind::measured)
    return fmt::format("{} gave no answer{}", record.id,
                       record.reason.empty() ? "" : " (" + record.reason + ")");
  if (record.decision.verdict == wanted) return {};
  if (record.decision.verdict == stats::Verdict::undecided) return record.id + " is undecided";
  return record.id + " says otherwise";
}

// "; t8 says otherwise", of a proof that does not hold: each trial that is against it, or does not
// tell.
std::string doubts(const HuntContext& context, const report::Proof& proof) {
  if (proof.holds) return {};
  std::vector<std::string> words;
  const auto add = [&](const std::vector<std::string>& ids, stats::Verdict wanted) {
    for (const trial::Record& record : context.trials.finished()) {
      if (std::ranges::find(ids, record.id) == ids.end()) continue;
      std::string doubt = doubt_of(record, wanted);
      if (!doubt.empty()) words.push_back(std::move(doubt));
    }
  };
  add(proof.clean_trials, stats::Verdict::clean);
  add(proof.leaking_trials, stats::Verdict::leaking);
  if (words.empty()) return "; these trials do not suffice to say so";
  return fmt::format("; {}", fmt::join(words, ", "));
}

}  // namespace

std::string proof_sentence(const HuntContext& context, const report::Proof& proof,
                           const Claims& claims) {
  const auto [off, on] = sides_of(context, claims);
  const Step& step = claims.without_effect.front().step;
  if (context.hunt.search.find == config::Find::fix) {
    const std::string less = step.to < 1 ? (proof.holds ? "grows less" : "grow less")
                                         : (proof.holds ? "stays flat" : "stay flat");
    return fmt::format("{} memory {} ({}), {} it {}{} ({}), in fresh processes{}.", off,
                       proof.holds ? "grows" : "should grow", fmt::join(proof.leaking_trials, ", "),
                       on, proof.holds ? "" : "should ", less, fmt::join(proof.clean_trials, ", "),
                       doubts(context, proof));
  }
  if (proof.holds && step.from > 0) {
    const bool is_history = context.space.shape == strategies::Shape::history;
    return fmt::format("{} memory grows by what {} ({}), {} {} ({}), in fresh processes.", off,
                       is_history ? "is older" : "else leaks", fmt::join(proof.clean_trials, ", "),
                       on, is_history ? "by more" : "it grows",
                       fmt::join(proof.leaking_trials, ", "));
  }
  if (proof.holds)
    return fmt::format("{} memory stays flat ({}), {} it grows ({}), in fresh processes.", off,
                       fmt::join(proof.clean_trials, ", "), on,
                       fmt::join(proof.leaking_trials, ", "));
  return fmt::format("{} memory should stay flat ({}) and {} grow ({}), in fresh processes{}.", off,
                     fmt::join(proof.clean_trials, ", "), on, fmt::join(proof.leaking_trials, ", "),
                     doubts(context, proof));
}

void note_parent(const HuntContext& context, const Claims& claims, report::Proof& proof) {
  if (context.space.shape != strategies::Shape::history) return;
  const strategies::UnitIndex unit = claims.parent.unit;
  proof.is_own_parent = claims.parent.is_own;
  proof.is_narrow = claims.parent.is_own && claims.commit.is_own;
  proof.parent = unit == strategies::no_unit ? context.good_name() : context.space.names[unit];
}

}  // namespace leakbisect::hunt
