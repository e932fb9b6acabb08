#pragma once

// What a hunt says of things that fill up. What was found may be one: where the leak is of several
// parts, or the trials of the proof slow down, the growth is watched (growth_watch.hpp). Where
// something fills up the hunt begins anew, by what goes on after it: what was accused and is not
// any more is what fills up. Where that comes to nothing the first answer stands, but for what
// cannot be told from a filling. Knows nothing of strategies' insides.

#include "hunt/ends/controls.hpp"
#include "hunt/ends/growth_watch.hpp"
#include "hunt/proof/steps.hpp"
#include "hunt/search/search.hpp"
#include "report/model.hpp"
#include "units/unit_source.hpp"

namespace leakbisect::hunt {

/// What to do where it is open whether something fills up or leaks.
inline constexpr const char* until_full =
    "let trials run until what fills up is full: raise limits.trial and limits.budget";

class Fillings {
 public:
  /// All references outlive it.
  Fillings(HuntContext& context, const units::UnitSource& source, report::Model& model)
      : context_(context), source_(source), model_(model) {}

  /// Notes what the controls have seen fill up, if anything.
  void note(const Controls& controls);

  /// The answer in the model is proven, or its proof was refused: where it may be something that
  /// fills up, watches the growth. Controls by what goes on after that; nothing: the answer stands.
  /// `step`: what a history's culprit makes of the leak.
  boost::asio::awaitable<std::optional<Controls>> watch(const Controls& controls, const Step& step);

  /// Clears what was concluded before the hunt begins anew between these controls; returns a
  /// warning that says why.
  std::string begin_again(const Controls& beyond);

  /// Tells a new search what the trials before show between controls that something fills up in:
  /// those that ran long enough, and those that grew by so little that nothing leaks in them.
  void tell_before(const Controls& controls, Search& search) const;

  /// After a hunt that began anew, concluded or not: names what fills up; puts the answer back that
  /// was cleared, where there is no new one, but for the units that may fill up. True when there is
  /// an answer.
  bool settle(const Controls& beyond, bool is_concluded);

  /// Once a history's leak is found: finds the commit where something begins to fill up, if it was
  /// not told yet. Mostly the trials so far have told already. `on_told` gets the id of each new
  /// one.
  boost::asio::awaitable<void> name(const Controls& controls,
                                    std::function<void(const std::string&)> on_told);

 private:
  [[nodiscard]] bool is_doubtful(const Controls& controls, const Step& step) const;
  [[nodiscard]] bool slows_in_proof(const Controls& controls) const;
  [[nodiscard]] bool is_part(const Step& step) const;
  [[nodiscard]] bool may_be_buffers(const Controls& controls, const Step& step) const;
  [[nodiscard]] GrowthWatch watch_of(const Controls& controls, const Step& step) const;
  void doubt(std::string why);
  void restore(const Controls& beyond);
  /// What the ends show to be full before growth is weighed, the earliest first.
  [[nodiscard]] std::vector<report::FillingRow> full_early(const Controls& controls) const;
  void name_unit(const report::CulpritRow& accused, bool is_open);

  HuntContext& context_;
  const units::UnitSource& source_;
  report::Model& model_;
  int rounds_ = 0;
  std::optional<report::Model> before_;      ///< the first answer, as it was proven
  std::vector<report::CulpritRow> accused_;  ///< by answers that were cleared
};

}  // namespace leakbisect::hunt
