#pragma once

// Which of the hunt file's requests are sent right now, and what became of those that were. Shared
// by whoever switches and by the load, on one thread. What is off keeps its place in the sequence
// and is not sent, so the others keep their own pace.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace leakbisect::load {

/// What became of the requests of one entry of the hunt file's list.
struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;  ///< no answer
  std::uint64_t broken = 0;  ///< answered with a status of 500 or above

  [[nodiscard]] Tally since(const Tally& earlier) const {
    return {sent - earlier.sent, answered - earlier.answered, failed - earlier.failed,
            broken - earlier.broken};
  }
};

class Mix {
 public:
  /// All of `requests` entries are on.
  explicit Mix(std::size_t requests) : on_(requests, true), tallies_(requests) {}

  /// Sends all but `off` from now on.
  void switch_to(const std::vector<std::size_t>& off) {
    on_.assign(on_.size(), true);
    for (const std::size_t request : off) on_[request] = false;
  }
  [[nodiscard]] bool is_on(std::size_t request) const { return on_[request]; }
  [[nodiscard]] const std::vector<Tally>& tallies() const { return tallies_; }

  /// Of all entries together.
  [[nodiscard]] Tally total() const {
    Tally sum;
    for (const Tally& one : tallies_)
      sum = {sum.sent + one.sent, sum.answered + one.answered, sum.failed + one.failed,
             sum.broken + one.broken};
    return sum;
  }

  void note_sent(std::size_t request) { ++tallies_[request].sent; }
  /// `status`: of the answer; 0 when there was none.
  void note_end(std::size_t request, unsigned status) {
    Tally& tally = tallies_[request];
    ++(status == 0 ? tally.failed : tally.answered);
    if (status >= 500) ++tally.broken;
  }

 private:
  std::vector<bool> on_;
  std::vector<Tally> tallies_;
};

}  // namespace leakbisect::load
