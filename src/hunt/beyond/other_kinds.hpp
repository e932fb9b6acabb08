#pragma once

// After a culprit is proven by the kind of memory that costs most: the other kinds by which the
// ends are apart. What the culprit explains is added to its size; what goes on without it is
// searched by itself, with what the trials so far show of it, and proven. Knows no probe.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "report/terminal.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace leakbisect::hunt {

/// What the search works with; all references outlive it.
struct KindParts {
  HuntContext& context;
  const Controls& controls;  ///< of the first kind
  const units::UnitSource& source;
  report::Terminal& terminal;
  report::Model& model;  ///< has its proven culprits, if any
};

/// Looks at each of controls.other_kinds: adds culprits and parts of their sizes to the model, the
/// dearest first, and advice about what is left. Does nothing where no culprit is proven.
boost::asio::awaitable<void> look_at_other_kinds(KindParts parts);

}  // namespace leakbisect::hunt
