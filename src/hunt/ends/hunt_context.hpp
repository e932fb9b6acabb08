#pragma once

// What the trials of a hunt have in common, and what is found out on the way that concerns all of
// them. What it is about never changes; what is found out is told by the operations here, and by
// nothing else. Knows nothing of controls and answers.

#include "config/hunt_file.hpp"
#include "hunt/ahead/build_ahead.hpp"
#include "hunt/ends/trouble.hpp"
#include "hunt/trials/trials.hpp"
#include "strategies/search_space.hpp"
#include "units/unit_source.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace leakbisect::hunt {

struct JudgeKind;

/// A finished trial as other ends judge it.
using SeenAs = std::function<trial::Record(const trial::Record&)>;

/// What a hunt has around it.
struct Surroundings {
  config::HttpLoad* load = nullptr;  ///< of the hunt file: its rate is lowered where it is late
  std::function<void(const std::string&)> warn{};  ///< tells the report; may be empty
  std::string good_name{};                         ///< of a history's good end, for the report
  BuildAhead* ahead = nullptr;                     ///< builds of its trials; or nothing
};

class HuntContext {
 public:
  /// All references outlive it.
  HuntContext(const config::HuntFile& hunt_file, const strategies::SearchSpace& units,
              Trials& of_hunt, std::filesystem::path folder, Surroundings around = {});

  const config::HuntFile& hunt;
  const strategies::SearchSpace& space;
  Trials& trials;
  const std::filesystem::path directory;  ///< DIR
  const JudgeKind& kind;                  ///< how the hunt's trials are judged

  /// The same hunt among other units, those of `source`: they are built as cleanly. What else was
  /// found out does not concern them.
  [[nodiscard]] HuntContext among(units::UnitSource& source) const;
  /// The same hunt between other ends than those of the space.
  [[nodiscard]] HuntContext between(strategies::Configuration leaking,
                                    strategies::Configuration flat) const;

  /// Whose units these are; nothing: the hunt's own.
  [[nodiscard]] units::UnitSource* source() const { return source_; }

  /// The ends of the controls.
  [[nodiscard]] strategies::Configuration leaking_end() const;
  [[nodiscard]] strategies::Configuration flat_end() const;
  /// They are not those of the space.
  [[nodiscard]] bool has_own_leaking_end() const { return leaking_.has_value(); }
  [[nodiscard]] bool has_own_flat_end() const { return flat_.has_value(); }
  /// The space's flat end does not run: this one stands for it.
  void take_flat_end(strategies::Configuration flat) { flat_ = std::move(flat); }
  /// Of a history's good end, for the report.
  [[nodiscard]] const std::string& good_name() const { return around_.good_name; }

  /// Builds of the search are clean: incremental ones have misled it.
  [[nodiscard]] bool clean_builds() const { return clean_builds_; }
  void build_cleanly() { clean_builds_ = true; }
  /// What builds ahead of trials; nothing where nobody does.
  [[nodiscard]] BuildAhead* ahead() const { return around_.ahead; }
  /// These units may be asked for soon, likeliest first.
  void want(const std::vector<strategies::Configuration>& wanted) const;

  /// Why no trial may be called clean: a known leak was not seen. Empty: it was, or was not tried.
  [[nodiscard]] const std::string& blind() const { return blind_; }
  void be_blind(std::string why) { blind_ = std::move(why); }

  /// Trials of the search that ran as long as a proof's.
  [[nodiscard]] const std::set<std::string>& confirming() const { return confirming_; }
  void confirm(const std::string& id) { confirming_.insert(id); }
  void confirm_by(std::set<std::string> ids) { confirming_ = std::move(ids); }

  /// A finished trial as the kind of memory at hand judges it; empty: as it was judged.
  [[nodiscard]] const SeenAs& seen_as() const { return seen_as_; }
  void see_as(SeenAs seen_as) { seen_as_ = std::move(seen_as); }
  /// The finished trials, seen so.
  [[nodiscard]] std::vector<trial::Record> finished_as_seen() const;

  /// The load whose rate may be lowered; nothing where there is none.
  [[nodiscard]] config::HttpLoad* load() const { return around_.load; }
  [[nodiscard]] TroubleRow& trouble() { return trouble_; }
  [[nodiscard]] const TroubleRow& trouble() const { return trouble_; }

  /// Tells the user, if anybody listens.
  void warn(const std::string& what) const;
  /// The same, the first time that it is about `topic`.
  void warn_once(const std::string& topic, const std::string& what);

 private:
  Surroundings around_;
  units::UnitSource* source_ = nullptr;
  std::optional<strategies::Configuration> leaking_, flat_;
  bool clean_builds_ = false;
  std::string blind_;
  std::set<std::string> confirming_;
  SeenAs seen_as_;
  TroubleRow trouble_;
  std::set<std::string> said_;  // topics
};

}  // namespace leakbisect::hunt
