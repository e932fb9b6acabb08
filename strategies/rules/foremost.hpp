#pragma once

// The best few of many: keeps `count` of the items pushed, and says which gain a further one has to
// exceed. Of equals the earlier ones stay.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace leakbisect::strategies {

/// T is totally ordered, by its member `gain` first.
template <class T>
class Foremost {
 public:
  explicit Foremost(std::size_t count) : count_(count) {}

  /// Items of no more gain are not kept.
  [[nodiscard]] double least() const { return least_; }

  void push(const T& item) {
    if (item.gain <= least_ || count_ == 0) return;
    items_.push_back(item);
    if (items_.size() >= 4 * count_) shrink();
  }

  /// The best first, `count` of them or all there were.
  std::vector<T> take() {
    if (items_.size() > count_) shrink();
    std::sort(items_.begin(), items_.end(), std::greater<>());
    return std::move(items_);
  }

 private:
  void shrink() {
    const auto last = items_.begin() + static_cast<std::ptrdiff_t>(count_ - 1);
    std::nth_element(items_.begin(), last, items_.end(), std::greater<>());
    least_ = last->gain;
    items_.erase(last + 1, items_.end());
  }

  std::size_t count_;
  double least_ = -1e300;
  std::vector<T> items_;
};

}  // namespace leakbisect::strategies
