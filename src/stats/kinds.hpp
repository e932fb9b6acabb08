#pragma once

// The kinds of memory that a leak may be of, judged together: what the processes hold (the heap and
// native pages are two where native memory grows far beyond the heap), shared memory and tmpfs,
// what the kernel holds; and, where no memory tells the ends apart surely, descriptors, threads and
// processes. Each kind that tells the ends apart has ends of its own: one that only grows beside
// another is no objection to it. Knows nothing of trials.

#include "stats/decision.hpp"

#include <memory>
#include <string>
#include <vector>

namespace leakbisect::stats {

/// A kind of memory (or of counts) by which the leaking end surely grows faster.
struct KindEnds {
  std::string name;  ///< "heap", "native", "memory", "shared", "kernel", "descriptors"
  std::shared_ptr<const Ends> ends;  ///< by its metrics alone
  double cost = 0;         ///< bytes per request (second) that the host loses to it, counts weighed
  double cost_se = 0;      ///< its standard error
  bool is_within = false;  ///< its bytes are in those of the first kind too: nothing to be added
};

/// The kinds that tell these ends apart: sure ones before others, the dearest first. Fails as
/// Ends::calibrate does where none does. Where the options name a metric, it alone.
Result<std::vector<KindEnds>> kinds_apart(const Series& clean, const Series& leaking,
                                          const Options& options);

/// True where it is 4 standard errors or more: no chance among the kinds that were tried.
bool is_sure(const KindEnds& kind);

/// True where the kind's growth may well be chance (below 3 standard errors) and is surely less
/// than counts as a leak, 16 bytes a request where nobody says so: two long runs of one server
/// differ so.
bool is_chance(const KindEnds& kind, const Options& options);

/// What a kind may hide for being noisier than the one that the ends are told by: a sentence, and
/// whether longer controls are worth their time. Empty: nothing that matters.
struct Hidden {
  std::string what;
  bool is_likely = false;
};
Hidden hidden_kind(const Series& clean, const Series& leaking, const std::vector<KindEnds>& told,
                   const Options& options);

/// One part of what grows, for a person: "native", bytes per request and its standard error.
struct PartGrowth {
  std::string name;
  double slope = 0;
  double se = 0;
};
/// The parts of memory that the leaking end surely adds, page cache (which is no leak) among them.
std::vector<PartGrowth> growing_parts(const Series& clean, const Series& leaking,
                                      const Options& options);

}  // namespace leakbisect::stats
