#include "hunt/proof_words.hpp"

#include "units/unit_source.hpp"

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
                       proof.holds ? "" : "; at least one of these trials says otherwise");
  }
  if (proof.holds && step.from > 0)
    return fmt::format(
        "{} memory grows by what is older ({}), {} by more ({}), in fresh processes.", off,
        fmt::join(proof.clean_trials, ", "), on, fmt::join(proof.leaking_trials, ", "));
  if (proof.holds)
    return fmt::format("{} memory stays flat ({}), {} it grows ({}), in fresh processes.", off,
                       fmt::join(proof.clean_trials, ", "), on,
                       fmt::join(proof.leaking_trials, ", "));
  return fmt::format(
      "{} memory should stay flat ({}) and {} grow ({}), in fresh processes; at least one of these "
      "trials says otherwise.",
      off, fmt::join(proof.clean_trials, ", "), on, fmt::join(proof.leaking_trials, ", "));
}

void note_parent(const HuntContext& context, const Claims& claims, report::Proof& proof) {
  if (context.space.shape != strategies::Shape::history) return;
  const strategies::UnitIndex unit = claims.parent.unit;
  proof.is_own_parent = claims.parent.is_own;
  proof.is_narrow = claims.parent.is_own && claims.commit.is_own;
  proof.parent = unit == strategies::no_unit ? context.good_name : context.space.names[unit];
}

}  // namespace leakbisect::hunt
