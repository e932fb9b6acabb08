#pragma once

// What a control group accounts to its processes, part by part. Bytes. Data that passes from the
// room that holds the group to the one that samples.

#include <optional>

namespace leakbisect {

struct GroupMemory {
  double held = 0;    ///< all of it without file cache: what the host loses
  double shared = 0;  ///< shared memory and files on tmpfs, whoever has them open
  double file = 0;    ///< page cache of files on disk: given back when it is wanted
  /// Kernel memory that cannot be reclaimed: sockets, page tables, stacks, unreclaimable slab.
  std::optional<double> kernel;
};

}  // namespace leakbisect
