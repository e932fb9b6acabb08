#pragma once

// The kinds of unit source; make_unit_source() chooses one. Each needs `hunt` only while it
// is made.

#include "units/unit_source.hpp"

#include <memory>

namespace leakbisect::units {

/// Commits of a repository.
Result<std::unique_ptr<UnitSource>> make_git_source(const config::HuntFile& hunt,
                                                    const config::GitUnits& units);

/// Components of one version of the subject.
Result<std::unique_ptr<UnitSource>> make_component_source(const config::HuntFile& hunt,
                                                          const config::ComponentUnits& units);

/// Versions of something that a command puts into the subject.
Result<std::unique_ptr<UnitSource>> make_version_source(const config::HuntFile& hunt,
                                                        const config::VersionUnits& units);

/// Requests of the load.
Result<std::unique_ptr<UnitSource>> make_route_source(const config::HuntFile& hunt,
                                                      const config::RouteUnits& units);

/// What every source puts into a fresh search space: noise, confidence, smallest slope.
strategies::SearchSpace empty_space(const config::HuntFile& hunt, strategies::Shape shape);

}  // namespace leakbisect::units
