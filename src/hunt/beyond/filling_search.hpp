#pragma once

// Where in a history something begins to fill up, once the leak is found: a trial tells by how much
// memory grew until then. Mostly the trials of the hunt have told already.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace leakbisect::hunt {

/// All references outlive it.
struct FillingSearch {
  HuntContext& context;
  const Controls& controls;  ///< between which the leak was found
  const units::UnitSource& source;
  const std::vector<report::CulpritRow>& culprits;  ///< what leaks as well
  const report::FillingRow& filling;                ///< how much, and until when
  std::uint64_t seed;
  std::function<void(const std::string&)> on_told;  ///< gets the id of each trial
};

/// The commit where it begins to fill up, if one can be named for a few trials.
boost::asio::awaitable<std::optional<strategies::UnitIndex>> commit_that_fills(FillingSearch parts);

}  // namespace leakbisect::hunt
