#pragma once

// Which way round a hunt is. A strategy looks for the unit where an effect appears: the leak, or in
// a hunt for a fix its end. Trials are judged by how they leak; here, and nowhere else, what they
// showed is turned into the effect, and a step of the effect into a part of the leak.

#include "hunt/ends/controls.hpp"

namespace leakbisect::hunt {

/// The verdict of a trial that shows the effect, or does not.
stats::Verdict verdict_of(config::Find find, bool has_effect);

/// The end of `space` that should leak, and the one that should be flat.
strategies::Configuration leaking_end(const strategies::SearchSpace& space, config::Find find);
strategies::Configuration flat_end(const strategies::SearchSpace& space, config::Find find);

/// "the bad end", "the older end", "all off": the two ends, for a person.
struct EndNames {
  std::string leaking, flat;
};
EndNames end_names(const strategies::SearchSpace& space, config::Find find);

/// What is known of an outcome, as the strategy is told: turned in a hunt for a fix.
strategies::Outcome effect_of(strategies::Outcome outcome, const Controls& controls);

/// The same of a trial judged between the ends of `controls`.
strategies::Outcome effect_of(const trial::Record& record, const Controls& controls);

/// What is known of an end after the controls: with the effect, or without it.
strategies::Outcome end_effect(const Controls& controls, bool has_effect);

/// The share of the effect in a trial that shows this share of the leak.
double effect_share(double leak_share, config::Find find);

/// From where to where of the leak, in shares, a step of the effect goes; low < high.
struct EffectPart {
  double low = 0;
  double high = 1;
};
EffectPart part_of_leak(double from, double to, config::Find find);

}  // namespace leakbisect::hunt
