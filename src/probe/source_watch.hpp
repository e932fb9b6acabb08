#pragma once

// Judges the attempts at a reading that may never come (heap, settle): what is worth telling, and
// when silence is a failure. No clock of its own.

#include "base/error.hpp"
#include "probe/generations.hpp"

#include <optional>
#include <string>

namespace leakbisect::probe {

class SourceWatch {
 public:
  /// `name` is its key in the hunt file's "memory"; `needed`: its metric was asked for by name.
  SourceWatch(std::string name, bool needed) : name_(std::move(name)), needed_(needed) {}

  /// Takes one attempt, made at `t_s`; the server has been running since `running_since_s`. Tells
  /// when the source falls silent and when it works again. Fails when the source is needed and has
  /// not worked once in 10 s of running.
  Result<> note(double t_s, std::optional<double> running_since_s, const Result<>& attempt,
                Generations& events);

 private:
  std::string name_;
  bool needed_ = false;
  bool worked_ = false;  ///< at least once
  bool told_silent_ = false;
};

}  // namespace leakbisect::probe
