#pragma once

// Where a proven commit makes a part of the leak only, other commits make the rest. Each is
// searched in the stretch of the history over which its part came in, with what the trials have
// shown already, and proven as the first one was. Knows nothing of git.

#include "hunt/beyond/commit_drills.hpp"
#include "hunt/proof/steps.hpp"
#include "hunt/search/search.hpp"
#include "report/model.hpp"
#include "report/terminal.hpp"
#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <vector>

namespace leakbisect::hunt {

/// A part of the history whose ends are known: `bad` leaks a step more than `good`.
struct Stretch {
  strategies::Configuration good, bad;
  Step step;
};

/// The whole history between its ends.
Stretch whole_stretch(const strategies::SearchSpace& space);

/// `commit` lies in the stretch: beyond its good end, and built into its bad one.
bool is_inside(const strategies::SearchSpace& space, const Stretch& stretch,
               strategies::UnitIndex commit);

/// What is left of `stretch` when `answer` made `step` of it: before it, and after it.
std::vector<Stretch> rest_of(const strategies::SearchSpace& space, const Stretch& stretch,
                             const strategies::Answer& answer, const Step& step,
                             const std::vector<trial::Record>& finished, const Controls& controls);

/// A search's answer, and how probable each unit is.
struct FoundOther {
  strategies::Answer answer;
  std::vector<double> probabilities;  ///< one a unit; empty where nobody can say
};

/// What the search works with; all references outlive it.
struct OtherParts {
  HuntContext& context;
  const strategies::SearchSpace& space;  ///< the context's
  const Controls& controls;              ///< of the whole leak
  CommitDrills& drills;                  ///< look inside each commit that is found
  const units::UnitSource& source;
  report::Terminal& terminal;
  std::uint64_t seed;
  /// What is believed after a trial.
  std::function<void(const strategies::Belief&, const std::string& trial)> on_told;
};

/// Searches the stretches in `left` and what is left of them, and adds the commits that are found
/// and proven to the model. Returns the stretches for which none was; all that are left when
/// halted.
boost::asio::awaitable<std::vector<Stretch>> find_others(OtherParts parts,
                                                         std::vector<Stretch> left,
                                                         report::Model& model);

}  // namespace leakbisect::hunt
