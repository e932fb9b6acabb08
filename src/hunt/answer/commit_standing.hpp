#pragma once

// How sure the hunt is of the commit that its answer names, from the answer to the end of its
// proof: what is believed, which class it is in, and what was tried to tell that class apart. Hunts
// of other shapes are left as they are.

#include "hunt/proof/tell_apart.hpp"
#include "report/model.hpp"
#include "strategies/strategy.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <list>
#include <optional>

namespace leakbisect::hunt {

class CommitStanding {
 public:
  /// All references outlive it. `opened` outlives the trials of what is put upon other commits.
  CommitStanding(HuntContext& context, const units::UnitSource& source, report::Model& model,
                 std::list<units::Inside>& opened)
      : context_(context), source_(source), model_(model), opened_(opened) {}

  /// Writes into the model how sure `strategy` is of the commit that `answer` names.
  void note(const strategies::Strategy& strategy, const strategies::Answer& answer) const;

  /// Tells apart a class of which only one commit can be tested, and narrows `answer` to what is
  /// left of it. False when halted.
  boost::asio::awaitable<bool> tell_class_apart(const Controls& controls,
                                                const strategies::Strategy& strategy,
                                                strategies::Answer& answer);

  /// The trials of the proof that came since are evidence like any other, where it is about the
  /// whole leak (`step`); what a proof that holds excludes is no candidate any more, but where its
  /// judge errs often.
  void hear_proof(const Controls& controls, strategies::Strategy& strategy,
                  const strategies::Answer& answer, const Step& step);

  /// The commit that `answer` names cannot be tested itself: its hunks cannot be searched.
  [[nodiscard]] bool is_mute(const strategies::Answer& answer) const;

 private:
  [[nodiscard]] bool is_history() const {
    return context_.space.shape == strategies::Shape::history;
  }

  HuntContext& context_;
  const units::UnitSource& source_;
  report::Model& model_;
  std::list<units::Inside>& opened_;
  std::optional<Apart> apart_;  ///< what was tried upon the class
  std::size_t heard_ = 0;       ///< trials that finished before the proof began
  std::vector<bool> left_;      ///< one flag a unit: where a proof that holds leaves the culprit
};

}  // namespace leakbisect::hunt
