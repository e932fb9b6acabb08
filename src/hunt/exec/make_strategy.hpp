#pragma once

// A strategy by its name: a row of the table, or a program of the user's ("exec:COMMAND").

#include "base/error.hpp"
#include "strategies/strategy.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace leakbisect::hunt {

/// What a user's program is told and given beside the search space.
struct ExecPlace {
  std::filesystem::path directory;  ///< it runs here; empty: the current folder
  std::filesystem::path folder;     ///< its files and its errors; empty: a temporary one
  double timeout_s = 60;            ///< for one answer
  int workers = 1;                  ///< slots of the hunt
  double budget_s = 0;              ///< of the hunt, 0: not known
};

/// True for "exec:...": the rest is a shell command.
bool is_exec(std::string_view name);

/// Fails with advice when `name` means no strategy, or one that cannot search this shape.
Result<> check_strategy(const std::string& name, const strategies::SearchSpace& space);

/// The strategy itself; `space` outlives it. Fails as check_strategy does, and when the program
/// cannot be started. A program that fails later gives an undecided answer with the reason.
Result<std::unique_ptr<strategies::Strategy>> make_strategy(const std::string& name,
                                                            const strategies::SearchSpace& space,
                                                            std::uint64_t seed,
                                                            const ExecPlace& place = {});

}  // namespace leakbisect::hunt
