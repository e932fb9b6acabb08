#pragma once

// The line of the terminal for each trial that has ended, with the time that is left. A trial of
// the search is said once the strategy has been told of it: what is left is known only then.

#include "hunt/answer/eta.hpp"
#include "hunt/trials/trials.hpp"
#include "report/terminal.hpp"

#include <chrono>

namespace leakbisect::hunt {

class TrialLines {
 public:
  /// `before_s`: seconds that the hunt took in earlier runs.
  TrialLines(report::Terminal& terminal, const Trials& trials, bool is_quiet, double before_s)
      : terminal_(terminal), trials_(trials), is_quiet_(is_quiet), before_s_(before_s) {}

  /// Says what has ended since the last call, and where the hunt stands. Replayed trials were said
  /// when they ran.
  void say(const report::Model& model);

  HuntShape shape;

 private:
  report::Terminal& terminal_;
  const Trials& trials_;
  bool is_quiet_;
  double before_s_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::size_t said_ = 0;
};

}  // namespace leakbisect::hunt
