#pragma once

// What a hunt wants built ahead at its turning points: before the controls, and before the proof.
// Between them the search says what it may ask for (ahead/foresight.hpp).

#include "hunt/ahead/build_ahead.hpp"
#include "hunt/ahead/foresight.hpp"
#include "units/unit_source.hpp"

#include <optional>
#include <string>
#include <vector>

namespace leakbisect::hunt {

/// The hunt's search of `space` by the strategy of that name, to be foreseen; nothing where that
/// would take too long, and of a program of the user's, which is not started again and again to
/// foresee what it asks. `space` outlives it.
std::optional<Rehearsal> rehearsal_of_hunt(const strategies::SearchSpace& space,
                                           const std::string& strategy, std::uint64_t seed);

/// While the bad end is measured, the good one can be built, and what comes after both.
std::vector<executor::WantedBuild> wanted_at_first(const strategies::SearchSpace& space,
                                                   const std::optional<Rehearsal>& search);

/// What the proof of `answer` measures; then what a drill of `inside` begins with.
std::vector<executor::WantedBuild> wanted_for_proof(const strategies::SearchSpace& space,
                                                    const strategies::Answer& answer,
                                                    const units::Inside& inside,
                                                    std::uint64_t seed);

}  // namespace leakbisect::hunt
