#pragma once

// What a proof showed, in the words of the units of the hunt.

#include "hunt/proof/claims.hpp"
#include "report/model.hpp"

#include <string>

namespace leakbisect::hunt {

/// "at its parent memory stays flat (t5), at the commit it grows (t6), in fresh processes.";
/// where the parent cannot be tested, which ancestor it was.
std::string proof_sentence(const HuntContext& context, const report::Proof& proof,
                           const Claims& claims);

/// Of a history: the commit that stayed flat, and whether it is the culprit's own parent.
void note_parent(const HuntContext& context, const Claims& claims, report::Proof& proof);

}  // namespace leakbisect::hunt
