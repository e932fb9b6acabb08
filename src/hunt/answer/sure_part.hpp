#pragma once

// Toggles of which some are surely culprits while the rest of the leak is not told yet: they are
// proven at once, and stand in the report. Then the rest is searched, for as much time as its share
// of the leak is worth, and left with a sentence where that was not enough.

#include "hunt/proof/proof.hpp"
#include "hunt/search/search.hpp"
#include "report/model.hpp"
#include "report/terminal.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>

namespace leakbisect::hunt {

/// What the proof says of the answer. Of toggles without which a part of the leak goes on, also
/// which share of it is theirs.
void conclude_proven(report::Model& model, const Controls& controls, const Proven& proven);

/// Advice about the share of the leak that goes on without the culprits; nothing where it is small.
/// `trials`: so many looked for it after the proof.
void name_rest(report::Model& model, const Controls& controls, double left, std::size_t trials);

class SurePart {
 public:
  /// All references outlive it.
  struct Parts {
    HuntContext& context;
    const Controls& controls;
    const units::UnitSource& source;
    report::Terminal& terminal;
    report::Model& model;
    bool& concluded;                  ///< becomes true when a part is proven
    std::function<void()> on_change;  ///< the model has a proven part
  };
  explicit SurePart(Parts parts) : parts_(std::move(parts)) {}

  /// Proves `part`, at which `search` has stopped, then lets that go on. Returns the answer to go
  /// on with where the part was not proven; nothing when the model is concluded, or the hunt was
  /// halted.
  boost::asio::awaitable<std::optional<strategies::Answer>> prove_first(Search& search,
                                                                        strategies::Answer part);

 private:
  boost::asio::awaitable<void> look_further(Search& search, const strategies::Answer& part,
                                            double left);
  boost::asio::awaitable<bool> prove_all(const strategies::Answer& answer);
  void conclude(const strategies::Answer& answer, const Proven& proven);
  void tell_proof(Search& search) const;

  Parts parts_;
};

}  // namespace leakbisect::hunt
