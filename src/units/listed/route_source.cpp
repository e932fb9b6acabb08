#include "units/git/content_hash.hpp"
#include "units/slots/slot_copy.hpp"
#include "units/sources.hpp"

#include <algorithm>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using strategies::UnitIndex;

// The requests of the load. The server is the same in every configuration: what is off is not sent.
class RouteSource final : public UnitSource {
 public:
  RouteSource(const config::HuntFile& hunt, const config::HttpLoad& load,
              const config::RouteUnits& units)
      : directory_(hunt.subject->directory), space_(empty_space(hunt, strategies::Shape::toggles)) {
    for (std::size_t i = 0; i < load.requests.size(); ++i) {
      const std::string name = config::route_name(load.requests[i]);
      const auto known = std::ranges::find(space_.names, name);
      const auto unit = static_cast<std::size_t>(known - space_.names.begin());
      if (known == space_.names.end()) add(name, units);
      requests_[unit].push_back(i);
    }
  }

  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }

  Result<Applied> apply(const strategies::Configuration& configuration,
                        const fs::path& slot) override {
    const auto copy = put_copy({directory_, slot, false, ""}, Overlay(directory_));
    if (!copy) return copy.error();
    Applied applied;
    applied.directory = copy->directory;
    applied.fresh = copy->fresh;
    if (source_state_.empty()) {
      source_state_ = source_state(directory_, slot);
      source_paths_ = list_source(directory_, slot);
    }
    applied.top = copy->directory;
    applied.own = source_paths_;
    applied.content_key = "routes:" + content_hash(source_state_);
    applied.requests_off = requests_of(configuration.off);
    return applied;
  }

  [[nodiscard]] std::vector<std::size_t> requests_of(
      const std::vector<UnitIndex>& units) const override {
    std::vector<std::size_t> requests;
    for (const UnitIndex unit : units)
      requests.insert(requests.end(), requests_[unit].begin(), requests_[unit].end());
    return requests;
  }

  [[nodiscard]] std::string describe(UnitIndex unit) const override {
    return unit < space_.size() ? space_.names[unit] : "nothing";
  }

  void discard(const fs::path& slot) override {
    std::error_code ignored;
    fs::remove_all(slot, ignored);
  }

 private:
  void add(const std::string& name, const config::RouteUnits& units) {
    space_.names.push_back(name);
    space_.parents.push_row({});
    space_.always_on.push_back(std::ranges::find(units.always_on, name) != units.always_on.end());
    requests_.emplace_back();
  }

  fs::path directory_;
  strategies::SearchSpace space_;
  std::vector<std::vector<std::size_t>>
      requests_;              // one row a unit: indices of the load's requests
  std::string source_state_;  // read once: the night's key must not move with a touched file
  std::vector<std::string> source_paths_;  // read with it
};

}  // namespace

Result<std::unique_ptr<UnitSource>> make_route_source(const config::HuntFile& hunt,
                                                      const config::RouteUnits& units) {
  const auto* load = std::get_if<config::HttpLoad>(&hunt.load.kind);
  if (!hunt.subject || load == nullptr)
    return fail("/units/routes: needs a subject and load.http, whose requests are the routes");
  return std::make_unique<RouteSource>(hunt, *load, units);
}

}  // namespace leakbisect::units
