#pragma once

// Whether the stated 95 % intervals of a leak's size hold it, over made-up servers.

#include <cstdint>
#include <cstdio>

namespace leakbisect::bench {

/// A hunt's trials upon each made-up server: the two ends, and a few trials with and without the
/// leak, each until it is judged. Prints how often the stated interval holds the true size, and how
/// wide it is beside an interval from the true errors: by one trial of a proof, and by all trials.
/// `t_max_s`: seconds of a trial at most.
void bench_sizes(int servers, std::uint64_t seed, double t_max_s, std::FILE* out);

}  // namespace leakbisect::bench
