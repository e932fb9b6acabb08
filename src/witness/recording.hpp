#pragma once

// What an allocation recorder saw of one server: which stacks hold how many bytes, at a few moments
// right after a forced collection, with the requests that were answered by then. A recorder that
// samples says of each sample for how many bytes it stands and how likely it was to be taken, so
// that the error of every sum is known. Knows no runtime, no server and no unit.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace leakbisect::witness {

/// A function on a stack.
struct Frame {
  std::string function;  ///< empty: it has no name
  std::string file;      ///< relative to the server's folder where it is `own`
  int line = 0;          ///< from 1, where the function begins; 0: not known
  int column = 0;        ///< from 1
  bool own = false;      ///< in a file of the server itself: neither runtime nor installed package

  bool operator==(const Frame&) const = default;
};

/// The outermost call first.
using Stack = std::vector<Frame>;

/// One block, or one sample that stands for several.
struct Block {
  std::size_t stack = 0;  ///< index in Recording::stacks
  double bytes = 0;       ///< that it stands for
  double variance = 0;    ///< of `bytes` as an estimate; 0: counted exactly
};

/// One moment, right after a collection.
struct Reading {
  double t_s = 0;                             ///< since the load began
  double requests = 0;                        ///< answered so far
  double heap = 0;                            ///< bytes in use, as the runtime says
  double external = 0;                        ///< bytes that its objects hold outside of it
  std::map<std::string, double> resources{};  ///< open ones, by kind: "Timeout", "TCPSocket"
  std::unordered_map<std::uint64_t, Block> blocks{};  ///< by an id that stays the block's own
};

struct Recording {
  std::string recorder{};  ///< "V8's sampling heap profiler"; empty: nothing was recorded
  std::string trouble{};   ///< why not, or why less than wanted
  std::vector<Stack> stacks{};
  std::vector<Reading> readings{};
  double blocks_dropped = 0;  ///< bytes beyond what is kept of one reading
  /// Generated files whose source map was not found, and so whose lines are nobody's own.
  std::vector<std::string> unmapped{};
};

/// How a stack grew from the first reading to the last.
struct Growth {
  double bytes = 0;
  double variance = 0;
  std::vector<double> steps{};  ///< bytes from each reading to the next
};

/// One for each of `recording.stacks`, in that order.
std::vector<Growth> growths(const Recording& recording);

/// A slope a request, with its standard error.
struct Slope {
  double value = 0;
  double se = 0;
};

/// Of the heap and what it holds outside, by a line through all readings; nothing where there are
/// fewer than three, or hardly a request.
std::optional<Slope> heap_slope(const Recording& recording);
/// Of what objects hold outside of the heap alone.
std::optional<Slope> external_slope(const Recording& recording);

/// Requests between the first reading and the last; 0: fewer than two readings.
double requests_in(const Recording& recording);

}  // namespace leakbisect::witness
