#pragma once

// A hunt without servers: units by name, and an executor whose truth is a rule. With `curves` it
// writes samples as a server would leave them, and judges them by the plan's own rule.

#include "executor/executor.hpp"
#include "hunt/end_search.hpp"
#include "hunt/hunt.hpp"
#include "hunt/trials/journal.hpp"
#include "report/terminal.hpp"
#include "units/unit_source.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace leakbisect::test {

struct TempFolder {
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::filesystem::path path;
};

class FakeSource final : public units::UnitSource {
 public:
  FakeSource(strategies::Shape shape, std::size_t units);
  const strategies::SearchSpace& space() const override { return space_; }
  Result<units::Applied> apply(const strategies::Configuration&,
                               const std::filesystem::path&) override;
  std::string describe(strategies::UnitIndex unit) const override;
  std::string label(strategies::UnitIndex unit) const override {
    return labels.contains(unit) ? labels.at(unit) : UnitSource::label(unit);
  }
  void discard(const std::filesystem::path&) override {}
  Result<units::Inside> inside(strategies::UnitIndex unit) const override;

  /// Gives each unit a prior: `weight` for this one, 1 for the others.
  void suspect(strategies::UnitIndex unit, double weight);

  std::size_t parts = 0;  ///< of every unit
  bool is_merge = false;
  bool is_carried = false;                              ///< parts can be put upon the good end
  std::vector<units::Part> told;                        ///< of the parts
  std::map<strategies::UnitIndex, std::string> labels;  ///< of releases
  std::vector<std::pair<strategies::UnitIndex, strategies::UnitIndex>> needs;  ///< among the parts

 private:
  strategies::SearchSpace space_;
};

/// What a configuration does: bytes per request above the clean end, or nothing when it is broken.
using Truth = std::function<std::optional<double>(const strategies::Configuration&)>;

/// Whether this unit is in a configuration: a commit at or after it, or a set that leaves it on.
bool is_on(const strategies::Configuration& configuration, strategies::UnitIndex unit);

/// Of a history: `slope` from this commit on, nothing before it and at the good end.
Truth leaks_since(strategies::UnitIndex culprit, double slope = 4096);

class FakeExecutor final : public executor::Executor {
 public:
  FakeExecutor(const FakeSource& source, std::filesystem::path directory, Truth truth);
  int slots() const override { return slot_count; }
  void set_slots(int count) override { slot_count = count; }
  bool needs_ends() const override { return curves; }
  boost::asio::awaitable<trial::Record> run(trial::Plan plan) override;

  executor::BuildsAhead* ahead() override { return &builds_there_; }

  double build_s = 0;                                     ///< what every build takes
  std::function<std::vector<executor::Wait>()> on_waits;  ///< what is built already
  int slot_count = 1;
  bool curves = false;
  double trial_s = 60;        ///< limits.trial, and how old a server gets
  double begins_s = 0;        ///< age at which what leaks begins to
  double noise_bytes = 4096;  ///< that readings of curves lie apart, at random
  double pace = 500;          ///< requests a second that curves are driven at
  bool has_port = false;      ///< servers may stand beside each other
  std::function<bool(const strategies::Configuration&)> builds;  ///< of parts; empty: all do
  std::function<bool(const trial::Plan&)> loses;                 ///< the trial says nothing
  /// What caches and buffers of a configuration hold after so many requests, bytes.
  std::function<double(const strategies::Configuration&, double requests)> holds;
  Truth upon_good;                                    ///< of parts that are put upon the good end
  std::set<std::string> lost;                         ///< ids of trials that a busy machine loses
  std::vector<std::string> ran;                       ///< ids in the order they began
  std::function<void(const std::string& id)> on_run;  ///< called as a trial begins
  std::function<void(trial::Record&)> on_end;         ///< may bend what a trial shows
  double ready_timeout_s = 0;                         ///< of the hunt's subject; 0: it has none
  bool has_known_leak = false;                        ///< the hunt file asks for a positive control
  double ballast_shown = 1;                           ///< share of its ballast that the curves show
  bool has_rate = false;                     ///< trials are driven at a rate, which may be lowered
  config::HttpLoad load{};                   ///< then
  const config::HttpLoad* driven = nullptr;  ///< the load of the running hunt; set by hunt_with()

 private:
  void write_curve(const trial::Plan& plan, trial::Record& record, double slope) const;

  // Knows what is built already, and makes nothing.
  class BuildsThere final : public executor::BuildsAhead {
   public:
    explicit BuildsThere(FakeExecutor& of) : of_(of) {}
    [[nodiscard]] bool is_making() const override { return false; }
    void want(const boost::asio::any_io_executor&, std::vector<executor::WantedBuild>) override {}
    boost::asio::awaitable<double> settled(executor::WantedBuild) override { co_return 0; }
    std::vector<executor::Wait> waits() override {
      return of_.on_waits ? of_.on_waits() : std::vector<executor::Wait>();
    }

   private:
    FakeExecutor& of_;
  };

  const FakeSource& source_;
  std::filesystem::path directory_;
  Truth truth_;
  BuildsThere builds_there_{*this};
};

/// Hunts in `directory` with a new journal, or goes on with the one that is there; for what
/// `source` says (look_for).
Result<report::Model> hunt_with(FakeSource& source, FakeExecutor& executor,
                                const std::filesystem::path& directory, const std::string& strategy,
                                hunt::Interrupt& interrupt, double budget_s = 600,
                                double drill_factor = 1);

/// The same for a good end among the units of `source`, whose last one is the bad end.
Result<hunt::EndSearched> search_end_with(FakeSource& source, FakeExecutor& executor,
                                          const std::filesystem::path& directory,
                                          hunt::Interrupt& interrupt, double budget_s = 6000);

}  // namespace leakbisect::test
