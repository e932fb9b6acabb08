#pragma once

// Inside the commit that was found: its hunks are switched one by one, put upon its parent, and
// searched by the same loop as the commits were. Ends, rule and budget are those of the hunt; the
// commit's own trials have shown what all hunks and no hunk do. Knows nothing of git.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "report/terminal.hpp"
#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>

namespace leakbisect::hunt {

/// What a drill works with, beside the hunt's context; all references outlive it.
struct DrillParts {
  HuntContext& context;
  const Controls& controls;         ///< between the parent and the commit
  const Controls& upon_good;        ///< between the good end and the same change upon it
  const units::UnitSource& source;  ///< of the commits
  report::Terminal& terminal;
  std::uint64_t seed;
  std::function<void()> on_change;  ///< model.drills say something new
};

/// True when `answer` is one commit alone, which may hold several hunks.
bool can_drill(const strategies::SearchSpace& space, const strategies::Answer& answer);

/// What a drill of `inside` begins with, when its ends are as the hunt found them.
std::vector<strategies::Configuration> first_drills(const units::Inside& inside,
                                                    std::uint64_t seed);

/// Searches the hunks in `inside` of `commit`, which leaks with probability `confidence`, and
/// adds what it finds to model.drills. `inside` outlives the trials of its units.
boost::asio::awaitable<void> drill(DrillParts parts, strategies::UnitIndex commit,
                                   double confidence, const units::Inside& inside,
                                   report::Model& model);

}  // namespace leakbisect::hunt
