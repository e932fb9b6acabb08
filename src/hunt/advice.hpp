#pragma once

// What to do next, where a hunt ends without a culprit and nobody has said it yet: the key to
// change, by what went wrong most. Pure.

#include "report/model.hpp"

namespace leakbisect::hunt {

/// Adds advice where there is none and the answer is neither a culprit nor that nothing leaks.
void advise_always(report::Model& model);

}  // namespace leakbisect::hunt
