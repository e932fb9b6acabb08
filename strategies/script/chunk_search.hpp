#pragma once

// Delta debugging by complements only: chunks are taken away as long as what is left leaks, at
// growing fineness. An item is what is taken away in one piece. Shared by `ddmin-c` and `hdd`.

#include "strategies/script/set_search.hpp"

namespace leakbisect::strategies {

class ChunkSearch : public SetSearch {
 protected:
  using SetSearch::SetSearch;

  /// Takes items away from the closed set `on`, which leaks, until no single item can be. An item
  /// goes with all units that need one of its units.
  Task<Units> thin(Units on, std::vector<Units> items);

 private:
  [[nodiscard]] Units less(const Units& on, const std::vector<Units>& items, std::size_t part,
                           std::size_t parts) const;
};

}  // namespace leakbisect::strategies
