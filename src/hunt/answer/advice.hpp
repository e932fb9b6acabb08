#pragma once

// What is said at the end of a hunt, whatever it came to; what to do next, where it ends without a
// culprit and nobody has said it yet: the key to change, by what went wrong most. Pure.

#include "hunt/trials/trials.hpp"
#include "report/model.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::hunt {

/// Adds advice where there is none and the answer is neither a culprit nor that nothing leaks.
void advise_always(report::Model& model);

/// The last words: what is left where it was halted without a conclusion (else `halt` is `none`),
/// advice, and twins of its culprits.
void conclude_end(report::Model& model, const units::UnitSource& source,
                  const strategies::SearchSpace& space, Halt halt);

}  // namespace leakbisect::hunt
