#pragma once

// What builds and slots of this hunt have cost so far, and what follows for the next ones. Pure.

#include <optional>

namespace leakbisect::executor {

class BuildTimes {
 public:
  void note_slot(double seconds);
  /// `goes_on`: the slot held an earlier build.
  void note_build(double seconds, bool goes_on);

  /// What a build is expected to take.
  [[nodiscard]] double expected_s(bool goes_on) const;

  /// A build that has run for `elapsed_s`: how much longer. Nothing when it is overdue.
  [[nodiscard]] std::optional<double> left_s(double elapsed_s, bool goes_on) const;

  /// True when letting it end and building the next one from there is sooner than building that one
  /// anew, as after every build that was cut short.
  [[nodiscard]] bool is_worth_its_end(double elapsed_s, bool goes_on) const;

  /// True when builds are known to be dearer than `slots` more slots, which are copies of what is
  /// built: on a site with a thousand packages they may cost more than they save.
  [[nodiscard]] bool pays_slots(int slots) const;

 private:
  std::optional<double> slot_s_;
  std::optional<double> anew_s_;
  std::optional<double> goes_on_s_;
};

}  // namespace leakbisect::executor
