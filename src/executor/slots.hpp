#pragma once

// Slot numbers that are free; shared by the executors.

#include <algorithm>
#include <cassert>
#include <vector>

namespace leakbisect::executor {

class Slots {
 public:
  explicit Slots(int count) : used_(static_cast<std::size_t>(count), false) {}
  [[nodiscard]] int count() const { return static_cast<int>(used_.size()); }
  /// The lowest free slot.
  int take() {
    for (std::size_t i = 0; i < used_.size(); ++i)
      if (!used_[i]) {
        used_[i] = true;
        return static_cast<int>(i);
      }
    assert(false && "internal error: more trials than slots");
    return 0;
  }
  /// Makes room for so many; not fewer than are in use.
  void resize(int count) {
    const auto last = std::find(used_.rbegin(), used_.rend(), true);
    const auto least = static_cast<std::size_t>(used_.rend() - last);
    used_.resize(std::max(least, static_cast<std::size_t>(count)), false);
  }
  void give_back(int slot) { used_[static_cast<std::size_t>(slot)] = false; }

 private:
  std::vector<bool> used_;
};

/// Takes a slot and gives it back when it goes out of scope.
class SlotLease {
 public:
  explicit SlotLease(Slots& slots) : slots_(slots), number_(slots.take()) {}
  SlotLease(const SlotLease&) = delete;
  SlotLease& operator=(const SlotLease&) = delete;
  ~SlotLease() { slots_.give_back(number_); }
  [[nodiscard]] int number() const { return number_; }

 private:
  Slots& slots_;
  int number_;
};

}  // namespace leakbisect::executor
