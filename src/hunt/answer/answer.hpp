#pragma once

// Fills the report's model from what the hunt knows. Pure but for the clock that is passed in.

#include "hunt/proof/standing.hpp"
#include "hunt/proof/steps.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::hunt {

/// "commit", "version", "component": one unit of this hunt, for a person.
std::string unit_kind(const config::Units& units);

/// The belief after a trial: ranking, chance of no culprit, a point of progress.
void note_belief(report::Model& model, const units::UnitSource& source,
                 const strategies::Belief& belief, const std::string& trial);

/// A user's strategy that has failed may have ranked on its own before. Returns why it failed, ""
/// for any other strategy.
std::string note_exec_failure(report::Model& model, const units::UnitSource& source,
                              const strategies::Strategy& strategy,
                              const strategies::Answer& answer);

/// The controls' end of the hunt, when the search could not begin.
void conclude_controls(report::Model& model, const Controls& controls);

/// The strategy's answer.
void conclude_answer(report::Model& model, const units::UnitSource& source,
                     const Controls& controls, const strategies::Answer& answer);

/// What the proof says of the answer: its slopes, or that it does not hold.
void conclude_proof(report::Model& model, const report::Proof& proof);

/// How sure the only culprit is, a commit: by itself, with its class, and with the fewest others
/// that are as sure as wanted. The ranking says the same.
void conclude_standing(report::Model& model, const units::UnitSource& source,
                       const Standing& standing);

/// What a halt after the proof means: the culprit stands, what is inside it or beside it is open.
void conclude_rest(report::Model& model, Halt halt);

/// Budget spent or ctrl-C: what is left (model.left), and the likeliest so far.
void conclude_halt(report::Model& model, Halt halt);

/// A hunt that somebody else is running right now, as its journal has it.
void conclude_running(report::Model& model);

/// The configuration a control's record stands for is known only after both: writes its verdict in,
/// and what is seen since of those that ran beside them.
void judge_controls(report::Model& model, const Controls& controls, const SeenAs& seen_as = {});

}  // namespace leakbisect::hunt
