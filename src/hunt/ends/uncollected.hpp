#pragma once

// Does forcing collections change what is seen? Threads and descriptors that a finaliser ends,
// pools that a collection empties, and caches behind soft references leak in production and do not
// while somebody collects.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace leakbisect::hunt {

struct CollectingCompared {
  bool is_same = true;         ///< nothing surely grows one way and surely less the other
  bool leaks_without = false;  ///< something grows surely only while nobody collects
  std::string sentence;        ///< for a person
};

/// Seconds of a run that is compared: a minute, or limits.trial, if that is shorter.
double compared_s(const config::HuntFile& hunt);

/// Two runs of the same end, with forced collections and without any.
CollectingCompared compare_collecting(const stats::Series& with, const stats::Series& without,
                                      const stats::Options& options,
                                      std::optional<double> smallest_leak);

/// Where "nothing leaks" was said of readings after forced collections: compared_s() of the leaking
/// end without them. If something grows then, nothing is called clean.
boost::asio::awaitable<void> look_uncollected(HuntContext& context, Controls& controls);

}  // namespace leakbisect::hunt
