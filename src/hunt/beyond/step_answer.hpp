#pragma once

// What a report says where several commits leak: each one's part, and what is left.

#include "hunt/beyond/other_commits.hpp"

namespace leakbisect::hunt {

/// Of the only culprit so far: its own part of the leak.
void conclude_step(report::Model& model, const Controls& controls, const Step& step);

/// One more culprit, found and proven.
void conclude_other(report::Model& model, const units::UnitSource& source, const Controls& controls,
                    const FoundOther& found, const Step& step, const report::Proof& proof);

/// "1.16 KiB/request came in between A and B".
std::string sentence_of(const Stretch& stretch, const units::UnitSource& source,
                        const Controls& controls);

/// How to go on where no commit was found for a part of the leak, or none was looked for.
void advise_on(report::Model& model, const units::UnitSource& source, const Controls& controls,
               const std::vector<Stretch>& stretches);

}  // namespace leakbisect::hunt
