#pragma once

// Looks inside each commit that the hunt has found and proven.

#include "hunt/beyond/drill.hpp"
#include "hunt/proof/steps.hpp"

#include <list>

namespace leakbisect::hunt {

class CommitDrills {
 public:
  /// All references outlive it. `opened` outlives the trials of the hunks as well.
  struct Parts {
    HuntContext& context;
    const units::UnitSource& source;
    report::Terminal& terminal;
    report::Model& model;
    std::list<units::Inside>& opened;
    std::function<void()> on_change;
  };
  explicit CommitDrills(Parts parts) : parts_(std::move(parts)) {}

  /// Opens the commit that `answer` names, if the hunt file wants it and it is one alone. Nothing
  /// where there is none; a warning where it cannot be opened.
  const units::Inside* open(const strategies::Answer& answer);

  /// Searches the hunks of the commit that was opened for `answer`, which makes `step` of the leak.
  boost::asio::awaitable<void> look(const Controls& controls, const Step& step,
                                    const strategies::Answer& answer);

 private:
  Parts parts_;
  const units::Inside* inside_ = nullptr;
};

}  // namespace leakbisect::hunt
