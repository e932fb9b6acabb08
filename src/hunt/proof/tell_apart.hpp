#pragma once

// A class of commits of which all but one cannot be tested: the change of that one is put upon what
// the class is built upon. If it leaks there, that commit is the culprit alone; if it does not, the
// leak came with the others.

#include "hunt/proof/claims.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <list>
#include <string>
#include <vector>

namespace leakbisect::hunt {

/// What the trial of the change elsewhere said of a class.
struct Apart {
  strategies::UnitIndex unit = strategies::no_unit;  ///< whose change was put upon the parent
  std::vector<strategies::UnitIndex> others;         ///< of its class, which cannot be tested
  double llr = 0;     ///< for `unit` against the others; 0: it said nothing
  std::string words;  ///< for a person; empty: there was nothing to try

  /// The commits that are still one class.
  [[nodiscard]] std::vector<strategies::UnitIndex> named() const;
  /// The mass of the class, shared out anew. `probabilities`: one a unit, or none.
  void share_out(std::vector<double>& probabilities) const;
  /// The answer of what is still one class; other answers stay as they are.
  [[nodiscard]] strategies::Answer narrowed(strategies::Answer answer) const;
};

/// Tries it for the class of `answer`. `opened` keeps the units that it makes. Nothing when there
/// is no such class, or when halted.
boost::asio::awaitable<std::optional<Apart>> tell_apart(HuntContext& context,
                                                        const Controls& controls,
                                                        const units::UnitSource& source,
                                                        const strategies::Answer& answer,
                                                        std::list<units::Inside>& opened);

}  // namespace leakbisect::hunt
