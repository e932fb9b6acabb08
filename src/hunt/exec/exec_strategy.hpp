#pragma once

// The user's own strategy: a program that speaks the contract as JSON lines. What it does not say
// (a ranking before it has one) is filled in by the default strategy, which hears every outcome
// too. A program that hangs, dies or talks nonsense ends the search with its reason.

#include "hunt/exec/make_strategy.hpp"

namespace leakbisect::hunt {

/// Starts `command` by the shell and introduces the search space to it.
Result<std::unique_ptr<strategies::Strategy>> make_exec_strategy(
    const std::string& command, const strategies::SearchSpace& space, std::uint64_t seed,
    const ExecPlace& place);

}  // namespace leakbisect::hunt
