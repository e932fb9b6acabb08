#include "hunt/ends/judges.hpp"

#include "hunt/ends/controls.hpp"
#include "hunt/ends/end_trials.hpp"
#include "hunt/ends/route_controls.hpp"

#include <algorithm>
#include <array>

namespace leakbisect::hunt {

namespace {

bool answers_itself(const config::HuntFile&, bool needs_ends) {
  return !needs_ends;
}

bool runs_servers(const config::HuntFile&, bool needs_ends) {
  return needs_ends;
}

bool runs_windows(const config::HuntFile& hunt, bool) {
  return is_about_routes(hunt);
}

constexpr std::array<JudgeKind, 4> kinds{{
    {"windows", "growth in a window of one standing server, between idle and the whole load",
     runs_windows, measure_route_ends, ends_by_curves, true},
    {"answers", "what the user's own test says of each trial", answers_itself, measure_oracle_ends,
     ends_by_answers, false},
    {"curves", "a memory curve, laid between those of both ends", runs_servers,
     measure_server_controls, ends_by_curves, true},
    {"survival", "whether a server bears what the good end bore under the cap of memory", nullptr,
     measure_server_controls, ends_by_curves, true},
}};

}  // namespace

std::span<const JudgeKind> judge_kinds() {
  return kinds;
}

const JudgeKind& judge_kind_for(const config::HuntFile& hunt, bool needs_ends) {
  return *std::ranges::find_if(kinds, [&](const JudgeKind& kind) {
    return kind.is_for != nullptr && kind.is_for(hunt, needs_ends);
  });
}

}  // namespace leakbisect::hunt
