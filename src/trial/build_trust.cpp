#include "trial/build_trust.hpp"

#include "base/quantity.hpp"
#include "trial/record.hpp"

#include <algorithm>

namespace leakbisect::trial {
namespace {

// Of real makefiles about one incremental build in ten is not what a clean one would be.
constexpr double prior_spoilt = 0.5;
constexpr double prior_sound = 4.5;
// A wrong outcome misleads a search until its proof is refused.
constexpr double trials_lost = 6;
// Until one was made.
constexpr double incremental_share = 0.2;

}  // namespace

std::string_view build_kind_name(BuildKind kind) {
  switch (kind) {
    case BuildKind::clean:
      return "clean";
    case BuildKind::incremental:
      return "incremental";
    case BuildKind::none:
      break;
  }
  return "";
}

void BuildTrust::note(const Record& record) {
  if (record.kind == strategies::OutcomeKind::measured) trial_s_.add(record.seconds);
  if (!record.build_spoilt.empty()) {
    used_ += 1;
    spoilt_ += 1;
    return;  // its seconds are those of two builds
  }
  if (record.build == BuildKind::incremental) used_ += 1;
  if (!record.build_cached && record.build_seconds > 0)
    note_build(record.build, record.build_seconds);
}

void BuildTrust::note_build(BuildKind kind, double seconds) {
  if (kind == BuildKind::clean) clean_s_.add(seconds);
  if (kind == BuildKind::incremental) incremental_s_.add(seconds);
}

bool BuildTrust::wants_clean() const {
  if (mode_ != config::BuildMode::automatic) return mode_ == config::BuildMode::clean;
  const double clean_s = clean_s_.value();
  const double incremental_s = incremental_s_.value(incremental_share * clean_s);
  const double spoilt = (prior_spoilt + spoilt_) / (prior_spoilt + prior_sound + used_);
  return clean_s <= incremental_s + spoilt * (clean_s + trials_lost * trial_s_.value());
}

std::string BuildTrust::said() const {
  if (!wants_clean()) return "";
  const std::string each =
      clean_s_.count > 0 ? fmt::format(" ({} each)", format_duration(clean_s_.value())) : "";
  return "builds begin from clean trees from now on" + each;
}

}  // namespace leakbisect::trial
