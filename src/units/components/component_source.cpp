#include "units/components/component_off.hpp"
#include "units/components/component_units.hpp"
#include "units/git/content_hash.hpp"
#include "units/slots/slot_copy.hpp"
#include "units/sources.hpp"

#include <algorithm>
#include <mutex>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using strategies::UnitIndex;

class ComponentSource final : public UnitSource {
 public:
  ComponentSource(const config::HuntFile& hunt, std::vector<ComponentUnit> units)
      : hunt_folder_(hunt.file.parent_path()),
        units_(std::move(units)),
        space_(empty_space(hunt, strategies::Shape::toggles)) {
    if (hunt.subject) directory_ = hunt.subject->directory;
    fill_space(units_, space_);
  }

  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }

  Result<Applied> apply(const strategies::Configuration& configuration,
                        const fs::path& slot) override {
    Applied applied;
    applied.placeholders = placeholders(configuration);
    std::vector<const ComponentUnit*> off;
    for (const UnitIndex unit : configuration.off) off.push_back(&units_[unit]);
    if (!directory_) {
      applied.directory = hunt_folder_;
      return applied;
    }
    Overlay overlay(*directory_);
    if (auto done = switch_all_off(off, overlay, applied); !done) {
      applied.untestable = done.error().message;
      return applied;
    }
    CopyRequest request{*directory_, slot, !applied.commands.empty(), ""};
    const auto copy = put_copy(request, overlay);
    if (!copy) return copy.error();
    applied.directory = copy->directory;
    applied.fresh = copy->fresh;
    read_source(slot);
    applied.top = copy->directory;
    applied.own = own_paths(source_paths_, overlay);
    if (applied.commands.empty()) applied.content_key = content_key(overlay);
    return applied;
  }

  [[nodiscard]] std::string describe(UnitIndex unit) const override {
    return unit < units_.size() ? units_[unit].component.name : "nothing";
  }

  [[nodiscard]] std::string place(UnitIndex unit) const override {
    if (!directory_ || unit >= units_.size()) return "";
    return place_of(*directory_, units_[unit].component.off);
  }

  [[nodiscard]] bool applies_side_by_side() const override { return true; }

  void distrust(const fs::path& slot) override { distrust_copy(slot); }

  void discard(const fs::path& slot) override {
    std::error_code ignored;
    fs::remove_all(slot, ignored);
  }

 private:
  [[nodiscard]] Placeholders placeholders(const strategies::Configuration& configuration) const {
    std::vector<std::string> on;
    std::vector<std::string> off;
    for (UnitIndex unit = 0; unit < units_.size(); ++unit) {
      const bool is_off =
          std::binary_search(configuration.off.begin(), configuration.off.end(), unit);
      (is_off ? off : on).push_back(units_[unit].component.name);
    }
    return {{"on", joined(on)}, {"off", joined(off)}, {"unit", off.size() == 1 ? off.front() : ""}};
  }

  Result<> switch_all_off(const std::vector<const ComponentUnit*>& off, Overlay& overlay,
                          Applied& applied) const {
    try {
      return switch_off(off, hunt_folder_, overlay, applied);
    } catch (const fs::filesystem_error& error) {
      return fail("{}", error.what());
    }
  }

  void read_source(const fs::path& slot) {
    std::call_once(state_read_, [&] {
      source_state_ = source_state(*directory_, slot);
      source_paths_ = list_source(*directory_, slot);
    });
  }

  [[nodiscard]] std::string content_key(const Overlay& overlay) const {
    std::string text = source_state_;
    for (const auto& [path, change] : overlay.changes()) {
      text += "\n" + path + "\n" + (change ? content_hash(*change) : "gone");
    }
    return "components:" + content_hash(text);
  }

  fs::path hunt_folder_;
  std::optional<fs::path> directory_;
  std::vector<ComponentUnit> units_;
  strategies::SearchSpace space_;
  std::once_flag state_read_;  // slots are filled by several threads
  std::string source_state_;   // read once: the night's key must not move with a touched file
  std::vector<std::string> source_paths_;  // read with it
};

}  // namespace

Result<std::unique_ptr<UnitSource>> make_component_source(const config::HuntFile& hunt,
                                                          const config::ComponentUnits& entries) {
  auto units = component_units(hunt, entries);
  if (!units) return units.error();
  return std::make_unique<ComponentSource>(hunt, std::move(*units));
}

}  // namespace leakbisect::units
