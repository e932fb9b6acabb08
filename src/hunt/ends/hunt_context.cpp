#include "hunt/ends/hunt_context.hpp"

#include "hunt/ends/judges.hpp"
#include "hunt/ends/polarity.hpp"

namespace leakbisect::hunt {

HuntContext::HuntContext(const config::HuntFile& hunt_file, const strategies::SearchSpace& units,
                         Trials& of_hunt, std::filesystem::path folder, Surroundings around)
    : hunt(hunt_file),
      space(units),
      trials(of_hunt),
      directory(std::move(folder)),
      kind(judge_kind_for(hunt_file, of_hunt.needs_ends())),
      around_(std::move(around)) {}

HuntContext HuntContext::among(units::UnitSource& source) const {
  HuntContext inside(hunt, source.space(), trials, directory);
  inside.source_ = &source;
  inside.clean_builds_ = clean_builds_;
  inside.around_.ahead = around_.ahead;
  return inside;
}

HuntContext HuntContext::between(strategies::Configuration leaking,
                                 strategies::Configuration flat) const {
  HuntContext other = *this;
  other.leaking_ = std::move(leaking);
  other.flat_ = std::move(flat);
  return other;
}

strategies::Configuration HuntContext::leaking_end() const {
  return leaking_ ? *leaking_ : hunt::leaking_end(space, hunt.search.find);
}

strategies::Configuration HuntContext::flat_end() const {
  return flat_ ? *flat_ : hunt::flat_end(space, hunt.search.find);
}

std::vector<trial::Record> HuntContext::finished_as_seen() const {
  std::vector<trial::Record> finished = trials.finished();
  if (seen_as_)
    for (trial::Record& record : finished) record = seen_as_(record);
  return finished;
}

void HuntContext::want(const std::vector<strategies::Configuration>& wanted) const {
  if (around_.ahead != nullptr) around_.ahead->want(source_, wanted);
}

void HuntContext::warn(const std::string& what) const {
  if (around_.warn) around_.warn(what);
}

void HuntContext::warn_once(const std::string& topic, const std::string& what) {
  if (said_.insert(topic).second) warn(what);
}

}  // namespace leakbisect::hunt
