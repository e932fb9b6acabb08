#pragma once

// Whether an older commit is flat, measured beside the bad end: a curve that is told from the bad
// end's and grows by little of what that does, or an oracle's answers. Knows no order of commits.

#include "hunt/controls.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace leakbisect::hunt {

enum class EndVerdict { flat, leaks, unclear, untestable, halted };

class EndJudge {
 public:
  explicit EndJudge(HuntContext& context) : context_(context) {}

  /// Measures the bad end, as long as it takes to see whether it leaks. Comes first.
  boost::asio::awaitable<EndVerdict> bad_end();
  /// Measures an older commit beside it.
  boost::asio::awaitable<EndVerdict> older(strategies::Configuration commit);
  /// The last trial.
  [[nodiscard]] const trial::Record& last() const { return last_; }

 private:
  boost::asio::awaitable<EndVerdict> run(trial::Plan plan);
  boost::asio::awaitable<EndVerdict> bad_server();
  boost::asio::awaitable<EndVerdict> bad_by_oracle();
  boost::asio::awaitable<EndVerdict> older_by_oracle(strategies::Configuration commit);

  HuntContext& context_;
  trial::Record last_;
  std::shared_ptr<const stats::Series> bad_;
  bool bad_leaks_ = false;
  double length_s_ = 0;
  std::optional<double> leak_;  // an oracle's
};

}  // namespace leakbisect::hunt
