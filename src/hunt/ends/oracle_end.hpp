#pragma once

// One configuration asked of an oracle again and again until its answer is plain. Private to this
// room's controls and to the search for a good end.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <vector>

namespace leakbisect::hunt {

/// What a configuration's trials said together.
struct Asked {
  std::vector<strategies::Outcome> outcomes;
  double bare_llr = 0;   ///< of those without a slope
  double precision = 0;  ///< sum of 1 / se^2, of those that reported one
  double weighed = 0;    ///< sum of slope / se^2

  void add(const strategies::Outcome& outcome);
  [[nodiscard]] double slope() const;
  [[nodiscard]] double se() const;
  /// Log-likelihood ratio of a leak of this size against none.
  [[nodiscard]] double llr(double leak) const;
};

/// What is asked: whether `end` leaks.
struct OracleEnd {
  trial::Purpose purpose;
  strategies::Configuration end;
  bool should_leak;            ///< an answer that it does is believed sooner than the contrary
  bool is_doubted;             ///< a search will go on doubting it: an answer as wanted needs less
  std::optional<double> leak;  ///< its size; without one slopes are weighed against what they show
};

/// Asks until the answer is plain; `last` gets the last record. Nothing when halted.
boost::asio::awaitable<std::optional<Asked>> ask_oracle(HuntContext& context, OracleEnd wanted,
                                                        trial::Record& last);

}  // namespace leakbisect::hunt
