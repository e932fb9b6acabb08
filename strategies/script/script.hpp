#pragma once

// A strategy written as the paper reads. Derive from Script and write search() as straight-line
// code that awaits trials:
//
//   const std::vector<Finding> found = co_await trials(configurations, "both halves");
//
// Script turns that into the ask/tell contract: it asks for what is awaited (several at once when
// slots are free), repeats a trial that decided nothing (three times, adding up the evidence, then
// it counts as untestable), asks again after an error (three times) or a cancelled trial, never
// asks what is already known, and goes on when the answers are there. Trials told unasked (the
// controls) count as known.
//
// Invariant: a search sees findings only through its awaits and in the order it named them, so it
// concludes the same whatever order trials end in. The search starts at the first ask().

#include "strategies/ledger.hpp"
#include "strategies/script/task.hpp"

#include <utility>

namespace leakbisect::strategies {

class Script : public Strategy {
 public:
  using Strategy::ask;
  /// Costs do not count.
  std::vector<Ask> ask(std::size_t n, const Costs& costs) final;
  void tell(const Configuration& configuration, const Outcome& outcome) final;
  [[nodiscard]] std::optional<Answer> answer() const final { return answer_; }
  /// Uniform over the suspects; culprits already found come first.
  [[nodiscard]] Belief belief() const override;

 protected:
  /// `space` must outlive the strategy.
  explicit Script(const SearchSpace& space) : space_(space), ledger_(space.noise) {}

  /// The algorithm. Its value is the answer of the strategy.
  virtual Task<Answer> search() = 0;

  enum class Until { all, leaking, not_leaking };
  struct Want {
    Configuration configuration;
    int measured = 1;  ///< settled trials wanted
  };
  struct Batch {
    std::vector<Want> wants;
    Until until = Until::all;
    std::string why;
  };

  /// Awaits a batch. See trials(), first() and again().
  template <class Result>
  class Wait {
   public:
    Wait(Script& script, Batch batch) : script_(script), batch_(std::move(batch)) {}
    [[nodiscard]] bool await_ready() const { return script_.is_settled(batch_); }
    void await_suspend(std::coroutine_handle<> waiting) {
      script_.batch_ = &batch_;
      script_.waiting_ = waiting;
    }
    Result await_resume() { return script_.read(batch_, Result()); }

   private:
    Script& script_;
    Batch batch_;
  };

  /// Awaits the findings of all configurations, in their order.
  Wait<std::vector<Finding>> trials(const std::vector<Configuration>& which, std::string_view why);
  /// Awaits the finding of one configuration.
  Wait<Finding> trial(const Configuration& which, std::string_view why);
  /// Awaits the position of the first configuration, in their order, that is leaking (or that is
  /// not); later ones are tried only in slots that would stay idle.
  Wait<std::optional<std::size_t>> first(Until until, const std::vector<Configuration>& which,
                                         std::string_view why);
  /// Awaits one more measured trial of each configuration, known or not.
  Wait<std::vector<Finding>> again(const std::vector<Configuration>& which, std::string_view why);

  [[nodiscard]] const SearchSpace& space() const { return space_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  /// The most trials that could run side by side so far, at least 1.
  [[nodiscard]] std::size_t slots() const { return slots_; }
  /// Names the units still under suspicion, for belief().
  void suspect(std::vector<UnitIndex> units) { suspects_ = std::move(units); }
  /// Puts a culprit on record for belief(), before the answer is complete.
  void accuse(const std::vector<UnitIndex>& units);
  void acquit_all() { accused_.clear(); }

 private:
  [[nodiscard]] bool is_settled(const Batch& batch) const;
  [[nodiscard]] bool stops_at(const Batch& batch, Finding finding) const;
  std::vector<Finding> read(const Batch& batch, std::vector<Finding> findings);
  std::optional<std::size_t> read(const Batch& batch, std::optional<std::size_t> position);
  Finding read(const Batch& batch, Finding finding);
  void advance();

  const SearchSpace& space_;
  Ledger ledger_;
  std::size_t slots_ = 1;
  std::vector<UnitIndex> suspects_;
  std::vector<UnitIndex> accused_;
  std::optional<Answer> answer_;
  const Batch* batch_ = nullptr;  ///< in the frame of the waiting coroutine
  std::coroutine_handle<> waiting_;
  bool is_started_ = false;
  std::size_t pending_ = 0;
  std::optional<Task<Answer>> root_;  ///< last: its frames refer to all of the above
};

}  // namespace leakbisect::strategies
