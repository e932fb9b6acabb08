#pragma once

// What a hunt wishes to be built ahead at its turning points: before the controls, and before the
// proof. Between them the search says what it may ask for (foresight.hpp).

#include "executor/executor.hpp"
#include "hunt/ahead/foresight.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <optional>
#include <string>

namespace leakbisect::hunt {

class Wishes {
 public:
  /// All references outlive it. `strategy` names a strategy of `space`; a program of the user's is
  /// not started again and again to foresee what it asks.
  Wishes(boost::asio::any_io_executor io, executor::Executor& executor,
         const strategies::SearchSpace& space, std::string strategy, std::uint64_t seed);

  /// The hunt's search, to be foreseen; nothing where that cannot be, or would take too long.
  [[nodiscard]] std::optional<Rehearsal> rehearsal() const;

  /// While the bad end is measured, the good one can be built, and what comes after both.
  void before_controls();
  /// What the proof of `answer` measures; then what a drill of `inside` begins with.
  void before_proof(const strategies::Answer& answer, const units::Inside& inside);
  /// Units of the hunt itself.
  void want(const std::vector<strategies::Configuration>& wanted);

 private:
  boost::asio::any_io_executor io_;
  executor::Executor& executor_;
  const strategies::SearchSpace& space_;
  std::string strategy_;
  std::uint64_t seed_;
};

}  // namespace leakbisect::hunt
