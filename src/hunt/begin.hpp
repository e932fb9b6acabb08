#pragma once

// What is known of a hunt before its first trial.

#include "hunt/exec/make_strategy.hpp"
#include "hunt/hunt.hpp"

namespace leakbisect::hunt {

/// The model of a report in which nothing has happened yet.
report::Model begun_model(const Parts& parts);

/// Takes a finished trial into the report, with what a person reads of its commit.
void note_trial(report::Model& model, const units::UnitSource& source, const trial::Record& record);

/// Trials that came before the hunt proper: they found its good end.
std::size_t trials_before(const Journal& journal);

/// Where a strategy that is a program of the user's runs.
ExecPlace exec_place_of(const Parts& parts);

}  // namespace leakbisect::hunt
