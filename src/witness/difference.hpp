#pragma once

// What grows with the culprit and not without it: two recordings of the same server under the same
// load, subtracted a request, and set against the slope that is to be explained. What does not
// stand out of the noise is not named, so a pair without a difference says nothing.

#include "witness/recording.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace leakbisect::witness {

/// Of one stack, with the culprit over without it.
struct StackGrowth {
  Stack stack;
  double per_request = 0, se = 0;  ///< bytes
};

/// All growth that is allocated in one function.
struct Row {
  Frame frame;                     ///< the innermost that is the server's own; else the innermost
  double per_request = 0, se = 0;  ///< bytes
  Stack stack;                     ///< the one that holds most of it
};

/// What the recorder does not see, a request.
struct Unseen {
  std::string what;  ///< "buffers outside the heap", "open Timeout"
  double per_request = 0;
  bool is_count = false;  ///< else bytes
};

struct Finding {
  std::vector<std::string> of{};  ///< the units that the two sides differ by; of a hunt
  std::string recorder{};
  std::string reason{};               ///< why there is nothing to say; empty: `rows` says it
  Slope slope{};                      ///< to be explained: bytes a request
  bool slope_is_proven = false;       ///< by the hunt; else it is that of this very pair
  Slope heap{};                       ///< of the heaps of this pair, and what they hold outside
  Slope explained{};                  ///< by all rows
  std::vector<Row> rows{};            ///< the largest first
  std::vector<StackGrowth> stacks{};  ///< of which the rows are made
  std::vector<Unseen> unseen{};
  std::vector<std::string> notes{};  ///< what else a reader has to know
  double requests_on = 0, requests_off = 0;

  [[nodiscard]] double share() const { return slope.value > 0 ? explained.value / slope.value : 0; }
};

/// The server with the culprit, and without it. `proven`: the slope that a hunt has shown; nothing:
/// that of the heaps of this pair.
Finding difference(const Recording& on, const Recording& off, std::optional<Slope> proven);

/// The deepest function of the server's own under which nearly all of `finding` is allocated, with
/// its part of what is explained. Nothing where there is none.
struct Site {
  Frame frame;
  std::vector<Frame> callers;  ///< of its own, the next first
  double per_request = 0;
  bool is_itself = false;  ///< allocated in that very function, not in what it calls
};
std::optional<Site> site_of(const Finding& finding);

}  // namespace leakbisect::witness
