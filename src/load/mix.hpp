#pragma once

// Which of the hunt file's requests are sent right now, and what became of those that were. Shared
// by whoever switches and by the load, on one thread. What is off keeps its place in the sequence
// and is not sent, so the others keep their own pace.

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace leakbisect::load {

/// What became of the requests of one entry of the hunt file's list.
struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;                  ///< no answer
  std::map<unsigned, std::uint64_t> status;  ///< of the answers

  [[nodiscard]] Tally since(const Tally& earlier) const {
    Tally change{sent - earlier.sent, answered - earlier.answered, failed - earlier.failed, {}};
    for (const auto& [code, count] : status) {
      const auto before = earlier.status.find(code);
      const auto more = count - (before == earlier.status.end() ? 0 : before->second);
      if (more > 0) change.status[code] = more;
    }
    return change;
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

  void note_sent(std::size_t request) { ++tallies_[request].sent; }
  /// `status`: of the answer; 0 when there was none.
  void note_end(std::size_t request, unsigned status) {
    Tally& tally = tallies_[request];
    ++(status == 0 ? tally.failed : tally.answered);
    if (status != 0) ++tally.status[status];
  }

 private:
  std::vector<bool> on_;
  std::vector<Tally> tallies_;
};

}  // namespace leakbisect::load
