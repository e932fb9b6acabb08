#pragma once

// Which hunks of a commit are accused of its leak, and their proof: a search on the ladder, with
// what trials could not tell apart taken in the other order, and what leaks only together with
// others searched for those.

#include "hunt/beyond/drill_climb.hpp"
#include "hunt/beyond/drill_proof.hpp"
#include "hunt/beyond/drill_words.hpp"

#include <boost/asio/awaitable.hpp>

namespace leakbisect::hunt {

/// Accused, and between which choices of hunks the search saw it.
struct FoundHunks {
  Accused accused;
  HunkSet below, with;  ///< clean, leaking
};

class HunkSearch {
 public:
  /// All references outlive it. `idle`: hunks of files that no server should contain.
  HunkSearch(DrillTrials& trials, Climb& climb, const HunkNeeds& needs, HunkSet idle, bool is_merge)
      : trials_(trials),
        climb_(climb),
        needs_(needs),
        idle_(std::move(idle)),
        is_merge_(is_merge) {}

  /// Searches `left`, which leak when all are on. Nothing when halted, out of what the drill may
  /// cost, or without an answer.
  boost::asio::awaitable<std::optional<FoundHunks>> accuse(HunkSet left);

  /// Proves what was found among `left`; `found` gets those beside which alone it leaks. Where the
  /// search for these is cut off, the proof is the one of what was found before.
  boost::asio::awaitable<HunkProof> prove(HunkSet left, FoundHunks& found);

  /// After a proof that failed: from now on nothing is set aside, and what its trials showed is
  /// known. False when that was done before.
  bool look_again();

 private:
  boost::asio::awaitable<void> narrow(FoundHunks& found);

  DrillTrials& trials_;
  Climb& climb_;
  const HunkNeeds& needs_;
  HunkSet idle_;
  bool is_merge_;
  bool looked_again_ = false;
};

}  // namespace leakbisect::hunt
