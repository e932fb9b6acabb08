#pragma once

// What can be switched, and how. A unit source fills the search space and puts a configuration into
// a slot: a clone that shares the user's objects (git) or a copy (everything else) of the user's
// files, which are never written. Sources know nothing of builds, servers or trials.
//
// Invariant: what a slot holds after apply() depends on the configuration and on what builds left
// there, never on the configurations before it.

#include "base/error.hpp"
#include "base/placeholders.hpp"
#include "config/hunt_file.hpp"
#include "strategies/search_space.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leakbisect::units {

/// A configuration as it stands in a slot, ready to be built and started.
struct Applied {
  std::filesystem::path directory;         ///< where to build and start
  std::filesystem::path top;               ///< of the slot's files: `directory`, or above it
  std::map<std::string, std::string> env;  ///< added to the subject's environment
  std::vector<std::string> arguments;      ///< appended to the start command
  Placeholders placeholders;               ///< {commit}, {version}, {unit}, {on}, {off}
  std::vector<config::Command> commands;   ///< to be run in `directory` before the build, in order
  /// Names the files that a build sees, by content: equal keys, equal build. Empty: cannot be
  /// known.
  std::string content_key;
  /// Set when this configuration cannot be made (a patch does not reverse, a region is missing).
  std::optional<std::string> untestable;
  /// Requests of the load (by their place in the hunt file) that are not sent.
  std::vector<std::size_t> requests_off;
  /// The slot's files were made anew by this call: whatever was built there before is gone.
  bool fresh = false;
  /// Paths below `top` that the configuration itself has, folders included; sorted. Whatever else
  /// is there was left by a build.
  std::vector<std::string> own;
};

/// A unit's name for a line of text: of a commit its first ten digits.
std::string short_name(const std::string& name);

class UnitSource;

/// What can be told of a part from its text alone.
struct Part {
  std::string file;      ///< below the repository's top folder
  std::string idle;      ///< why no server should contain it ("a test"); "": it may
  bool is_gone = false;  ///< its file is there only without it
};

/// The parts of one unit, as units of their own.
struct Inside {
  std::unique_ptr<UnitSource> source;  ///< toggles: all off is the unit's parent, all on the unit
  /// The same units put upon the hunt's good end; nothing where that is the parent, or of a merge.
  std::unique_ptr<UnitSource> upon_good;
  bool is_merge = false;    ///< all off is its parents merged, which no trial has seen
  std::string why_not;      ///< without a source: why there is nothing to search
  std::vector<Part> parts;  ///< one a unit of the source; empty where nothing is known
  /// Of its units, the first has to be off where the second is, as far as their text tells.
  std::vector<std::pair<strategies::UnitIndex, strategies::UnitIndex>> needs;
};

/// Another unit that makes the same change.
struct Twin {
  strategies::UnitIndex unit = strategies::no_unit;
  std::string why;        ///< of it, beside the first: "was cherry-picked from it"
  bool is_older = false;  ///< it came first on the first-parent line
};

class UnitSource {
 public:
  virtual ~UnitSource() = default;

  [[nodiscard]] virtual const strategies::SearchSpace& space() const = 0;

  /// Puts `configuration` into the slot folder (made on first use, kept between calls, so that
  /// builds are incremental). Idempotent: what an earlier configuration changed is put back first.
  virtual Result<Applied> apply(const strategies::Configuration& configuration,
                                const std::filesystem::path& slot) = 0;

  /// What apply() would say of a build, without touching files; nothing where it cannot.
  virtual std::optional<Applied> preview(const strategies::Configuration&) { return std::nullopt; }

  /// True when apply() may be called by several threads at once, each with its own slot.
  [[nodiscard]] virtual bool applies_side_by_side() const { return false; }

  /// Something wrote to the slot and was cut short: the next apply() puts back all of it.
  virtual void distrust(const std::filesystem::path& slot) { discard(slot); }

  /// One line for a person: "abc1234 Cache thumbnails (Ada, 2024-05-01)", "components/Video.vue".
  /// In a history, no_unit is the good end.
  [[nodiscard]] virtual std::string describe(strategies::UnitIndex unit) const = 0;

  /// The unit's short name: of a commit its release, where that is known, or its first ten digits.
  [[nodiscard]] virtual std::string label(strategies::UnitIndex unit) const {
    return short_name(space().names[unit]);
  }

  /// The unit that a name other than its own means (a tag, a branch); no_unit for the good end.
  /// Nothing when it means none; fails when it means something outside of the hunt.
  [[nodiscard]] virtual Result<std::optional<strategies::UnitIndex>> resolve(
      std::string_view) const {
    return std::optional<strategies::UnitIndex>{};
  }

  /// Where the unit's text stands, "src/app.js:12-40" below the subject's directory; "" where
  /// nobody can say.
  [[nodiscard]] virtual std::string place(strategies::UnitIndex) const { return ""; }

  /// What the user should know before the night: uncommitted changes that no trial will see,
  /// submodules that are not fetched. One sentence each.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }

  /// Requests of the load, by their place in the hunt file, that these units are; nothing where
  /// units are no routes.
  [[nodiscard]] virtual std::vector<std::size_t> requests_of(
      const std::vector<strategies::UnitIndex>&) const {
    return {};
  }

  /// The unit's parts, where it has some (a commit its hunks). Fails when they cannot be read.
  [[nodiscard]] virtual Result<Inside> inside(strategies::UnitIndex) const {
    Inside none;
    none.why_not = "these units have no parts";
    return none;
  }

  /// The same for a commit of a history whose parts are put upon the commit `upon` (no_unit: the
  /// good end) instead: `upon_good` has them. Without that they cannot be put there.
  [[nodiscard]] virtual Result<Inside> inside_upon(strategies::UnitIndex unit,
                                                   strategies::UnitIndex upon) const {
    static_cast<void>(upon);
    return inside(unit);
  }

  /// What the unit changes, as text from a repository (a hunk's patch); "" where nobody can say.
  [[nodiscard]] virtual std::string text(strategies::UnitIndex) const { return ""; }

  /// What the hunt looks for: in a hunt for a fix the good end is called the older end.
  [[nodiscard]] config::Find find() const { return find_; }
  void look_for(config::Find find) { find_ = find; }
  /// Other units of the range that make the same change, or whose messages name it; oldest first.
  [[nodiscard]] virtual std::vector<Twin> twins(strategies::UnitIndex) const { return {}; }

  /// The name of a history's good end; "" where it has none.
  [[nodiscard]] virtual std::string good_end_name() const { return ""; }

  /// Removes a slot's files at the end.
  virtual void discard(const std::filesystem::path& slot) = 0;

 private:
  config::Find find_ = config::Find::leak;
};

/// Makes the source that the hunt file names. Fails with the JSON path on an unknown revision, an
/// empty range or glob, a need that names no unit, a cycle of needs. Without a subject (an oracle
/// hunt) no files are needed: apply() then fills placeholders only.
Result<std::unique_ptr<UnitSource>> make_unit_source(const config::HuntFile& hunt);

/// One commit as the only unit of its own source, wherever in the repository of a hunt for commits
/// it is. Fails when `revision` means none.
Result<std::unique_ptr<UnitSource>> make_commit_source(const config::HuntFile& hunt,
                                                       const config::GitUnits& units,
                                                       const std::string& revision);

/// "off: video, ads" or "abc1234": a configuration for the log.
std::string describe(const UnitSource& source, const strategies::Configuration& configuration);

/// The names joined by commas, as {on} and {off} are filled.
std::string joined(const std::vector<std::string>& names);

/// The index of the unit called `name`, or that a revision or a unique prefix means; no_unit is the
/// good end of a history. Fails with the nearest known name.
Result<strategies::UnitIndex> find_unit(const UnitSource& source, std::string_view name);

/// Full sha of HEAD of the repository that holds `folder`.
Result<std::string> head_commit(const std::filesystem::path& folder);

}  // namespace leakbisect::units
