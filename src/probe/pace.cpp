#include "probe/pace.hpp"

#include <algorithm>

namespace leakbisect::probe {

namespace {

constexpr double share_of_server = 0.1;
constexpr double shortest_s = 0.25;
constexpr double fastest_duty = 1.5;  // of a slow hook at the user's own pace
constexpr std::size_t remembered = 5;

}  // namespace

double Pace::after(double took_s) {
  if (every_s_) return std::max(*every_s_, fastest_duty * took_s);
  // The first one paid for opening the way to the runtime as well.
  if (!opened_) {
    opened_ = true;
    return shortest_s;
  }
  if (recent_.size() < remembered)
    recent_.push_back(took_s);
  else
    recent_[noted_ % remembered] = took_s;
  ++noted_;
  auto sorted = recent_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return std::max(shortest_s, *middle / share_of_server);
}

}  // namespace leakbisect::probe
