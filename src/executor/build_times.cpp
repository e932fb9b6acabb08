#include "executor/build_times.hpp"

#include <algorithm>

namespace leakbisect::executor {

namespace {

constexpr double usual_build_s = 20;  // until one was seen
constexpr double cheap_slot_s = 1;    // not worth weighing

}  // namespace

void BuildTimes::note_slot(double seconds) {
  slot_s_ = std::max(slot_s_.value_or(0), seconds);
}

void BuildTimes::note_build(double seconds, bool goes_on) {
  (goes_on ? goes_on_s_ : anew_s_) = seconds;
}

double BuildTimes::expected_s(bool goes_on) const {
  const std::optional<double>& same = goes_on ? goes_on_s_ : anew_s_;
  const std::optional<double>& other = goes_on ? anew_s_ : goes_on_s_;
  return same.value_or(other.value_or(usual_build_s));
}

std::optional<double> BuildTimes::left_s(double elapsed_s, bool goes_on) const {
  const double left = expected_s(goes_on) - elapsed_s;
  return left > 0 ? std::optional(left) : std::nullopt;
}

bool BuildTimes::is_worth_its_end(double elapsed_s, bool goes_on) const {
  const auto left = left_s(elapsed_s, goes_on);
  return left && *left + expected_s(true) < expected_s(false);
}

bool BuildTimes::pays_slots(int slots) const {
  if (!slot_s_) return false;
  if (*slot_s_ < cheap_slot_s) return true;
  return std::max(anew_s_.value_or(0), goes_on_s_.value_or(0)) > slots * *slot_s_;
}

}  // namespace leakbisect::executor
