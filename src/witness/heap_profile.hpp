#pragma once

// V8's sampling heap profile, as HeapProfiler.getSamplingProfile gives it, into a reading. Samples
// are taken by a Poisson process over the bytes that are allocated; V8 weighs each by how likely it
// was to be taken. https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/

#include "base/error.hpp"
#include "witness/recording.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>

namespace leakbisect::witness {

/// Keeps equal stacks once, over all readings and processes of a recording.
class StackTable {
 public:
  explicit StackTable(Recording& recording) : recording_(recording) {}
  std::size_t index_of(const Stack& stack);

 private:
  Recording& recording_;
  std::map<std::string, std::size_t> known_;
};

/// So many samples of one reading are kept; what is beyond counts into Recording::blocks_dropped.
inline constexpr std::size_t most_blocks = 200'000;

/// Adds the live samples of `profile` to `reading`. `process` tells samples of several processes
/// apart; `interval`: bytes between samples, as the profiler was told. Fails where `profile` is no
/// such profile.
Result<> add_heap_profile(const nlohmann::json& profile, std::uint32_t process, double interval,
                          Recording& recording, StackTable& stacks, Reading& reading);

/// How likely a sample that stands for `weight` bytes was to be taken.
double inclusion(double weight, double interval);

}  // namespace leakbisect::witness
