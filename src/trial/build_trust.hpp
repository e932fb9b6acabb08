#pragma once

// Whether a build of the search may go on from what an earlier one left in its slot. Learns from
// the records of finished trials, also those of a hunt that goes on, what either kind of build
// takes and how often an incremental one was spoilt. Knows nothing of slots and commands.

#include "base/mean.hpp"
#include "config/hunt_file.hpp"

#include <string>
#include <string_view>

namespace leakbisect::trial {

struct Record;

/// What a build began from.
enum class BuildKind {
  none,         ///< nothing was built
  clean,        ///< a tree with the configuration's own files and no others
  incremental,  ///< what an earlier build had left
};
std::string_view build_kind_name(BuildKind kind);

class BuildTrust {
 public:
  explicit BuildTrust(config::BuildMode mode) : mode_(mode) {}

  void note(const Record& record);
  /// A build that no trial of the hunt waited for.
  void note_build(BuildKind kind, double seconds);

  /// True when the next build had better begin from a clean tree: always, where the hunt file says
  /// so; else when clean_s <= incremental_s + p (clean_s + lost trials), where p is the chance that
  /// an incremental build is spoilt (its mean, by a Beta prior) and a wrong one costs the search
  /// some trials.
  [[nodiscard]] bool wants_clean() const;

  /// "builds begin from clean trees from now on (3.1 s each)"; "" while they do not.
  [[nodiscard]] std::string said() const;

 private:
  config::BuildMode mode_;
  Mean clean_s_;
  Mean incremental_s_;
  Mean trial_s_;
  double used_ = 0;
  double spoilt_ = 0;
};

}  // namespace leakbisect::trial
