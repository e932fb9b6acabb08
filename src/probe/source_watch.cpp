#include "probe/source_watch.hpp"

namespace leakbisect::probe {

namespace {

constexpr double patience_s = 10;

}  // namespace

Result<> SourceWatch::note(double t_s, std::optional<double> running_since_s,
                           const Result<>& attempt, Generations& events) {
  if (attempt.has_value()) {
    if (told_silent_) events.tell(t_s, fmt::format("{} readings work again", name_));
    worked_ = true;
    told_silent_ = false;
    return {};
  }
  const std::string& why = attempt.error().message;
  const bool overdue = running_since_s && t_s - *running_since_s > patience_s;
  if (needed_ && !worked_ && overdue)
    return fail(
        "no {} reading in {:.0f} s of running: {}; correct \"memory\".\"{}\" in the hunt file",
        name_, patience_s, why, name_);
  if (!told_silent_ && (worked_ || overdue)) {
    events.tell(t_s, fmt::format("no {} reading: {}", name_, why));
    told_silent_ = true;
  }
  return {};
}

}  // namespace leakbisect::probe
