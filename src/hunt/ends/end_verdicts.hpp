#pragma once

// Whether an older commit is flat, measured beside the bad end: a curve that is told from the bad
// end's and grows by little of what that does, or an oracle's answers. Knows no order of commits.

#include "hunt/ends/hunt_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>

namespace leakbisect::hunt {

enum class EndVerdict { flat, leaks, unclear, untestable, halted };

/// Of the bad end's growth: what grows by less is flat, until the hunt's own controls say more.
inline constexpr double little_end_growth = 0.35;

class EndJudge {
 public:
  explicit EndJudge(HuntContext& context) : context_(context) {}
  EndJudge(const EndJudge&) = delete;
  EndJudge& operator=(const EndJudge&) = delete;
  virtual ~EndJudge() = default;

  /// Measures the bad end, as long as it takes to see whether it leaks. Comes first.
  virtual boost::asio::awaitable<EndVerdict> bad_end() = 0;
  /// Measures an older commit beside it.
  virtual boost::asio::awaitable<EndVerdict> older(strategies::Configuration commit) = 0;
  /// The last trial.
  [[nodiscard]] const trial::Record& last() const { return last_; }

 protected:
  HuntContext& context_;
  trial::Record last_;
};

/// A curve that is told from the bad end's and grows by little of what that does is flat.
std::unique_ptr<EndJudge> ends_by_curves(HuntContext& context);
/// An oracle says which is.
std::unique_ptr<EndJudge> ends_by_answers(HuntContext& context);

}  // namespace leakbisect::hunt
