#include "units/git/content_hash.hpp"
#include "units/slots/slot_copy.hpp"
#include "units/sources.hpp"

#include <mutex>
#include <set>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using strategies::no_unit;
using strategies::UnitIndex;

class VersionSource final : public UnitSource {
 public:
  VersionSource(const config::HuntFile& hunt, config::VersionUnits units)
      : units_(std::move(units)), space_(empty_space(hunt, strategies::Shape::history)) {
    if (hunt.subject) directory_ = hunt.subject->directory;
    hunt_folder_ = hunt.file.parent_path();
    // The first version is the good end; every other one comes after the one before it.
    for (UnitIndex unit = 0; unit + 1 < units_.list.size(); ++unit) {
      space_.names.push_back(units_.list[unit + 1]);
      std::vector<UnitIndex> row;
      if (unit > 0) row.push_back(unit - 1);
      space_.parents.push_row(row);
    }
  }

  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }

  Result<Applied> apply(const strategies::Configuration& configuration,
                        const fs::path& slot) override {
    const std::string& version = version_of(configuration.commit);
    Applied applied;
    applied.placeholders = {{"version", version}, {"unit", version}};
    if (!directory_) {
      applied.directory = hunt_folder_;
      return applied;
    }
    const CopyRequest request{*directory_, slot, true, "version:" + version};
    const auto copy = put_copy(request, Overlay(*directory_));
    if (!copy) return copy.error();
    applied.directory = copy->directory;
    applied.fresh = copy->fresh;
    config::Command command;
    for (const std::string& word : units_.apply.argv) {
      command.argv.push_back(fill(word, applied.placeholders));
    }
    applied.commands.push_back(std::move(command));
    std::call_once(state_read_, [&] {
      source_state_ = source_state(*directory_, slot);
      source_paths_ = list_source(*directory_, slot);
    });
    applied.top = copy->directory;
    applied.own = source_paths_;
    applied.content_key = "version:" + content_hash(version + "\n" + source_state_);
    return applied;
  }

  [[nodiscard]] std::string describe(UnitIndex unit) const override { return version_of(unit); }

  [[nodiscard]] Result<std::optional<UnitIndex>> resolve(std::string_view name) const override {
    if (name == units_.list.front()) return std::optional<UnitIndex>(no_unit);
    return std::optional<UnitIndex>{};
  }

  [[nodiscard]] std::string good_end_name() const override { return units_.list.front(); }

  [[nodiscard]] bool applies_side_by_side() const override { return true; }

  void distrust(const fs::path& slot) override { distrust_copy(slot); }

  void discard(const fs::path& slot) override {
    std::error_code ignored;
    fs::remove_all(slot, ignored);
  }

 private:
  [[nodiscard]] const std::string& version_of(UnitIndex unit) const {
    return unit == no_unit ? units_.list.front() : units_.list[unit + 1];
  }

  config::VersionUnits units_;
  std::optional<fs::path> directory_;
  fs::path hunt_folder_;
  strategies::SearchSpace space_;
  std::once_flag state_read_;  // slots are filled by several threads
  std::string source_state_;
  std::vector<std::string> source_paths_;  // read with it
};

}  // namespace

Result<std::unique_ptr<UnitSource>> make_version_source(const config::HuntFile& hunt,
                                                        const config::VersionUnits& units) {
  if (units.list.size() < 2) {
    return fail(
        "/units/versions/list: {} versions are too few: name the good one first, then the "
        "others up to the bad one",
        units.list.size());
  }
  std::set<std::string> seen;
  for (const std::string& version : units.list) {
    if (!seen.insert(version).second) {
      return fail("/units/versions/list: \"{}\" stands there twice: take one out", version);
    }
  }
  return std::make_unique<VersionSource>(hunt, units);
}

}  // namespace leakbisect::units
