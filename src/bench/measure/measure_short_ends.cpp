#include "bench/measure/measure_cases.hpp"
#include "bench/measure/measure_made_up.hpp"
#include "stats/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::bench {

namespace {

using stats::Series;

constexpr double short_sizes[] = {330, 1000, 4000};
constexpr double first_end_s = 10;  // as in a hunt: three times as long until the ends are apart
constexpr double cut_step_s = 2;

}  // namespace

Series cut_at(const Series& run, double age_s) {
  Series cut = run;
  std::erase_if(cut, [age_s](const stats::Sample& sample) { return sample.t_s > age_s; });
  return cut;
}

// The leaking end 10, 30 or t_max_s seconds, the clean one no longer than it takes.
bool shorten(Calibration& ends) {
  stats::Options options;
  options.t_max_s = ends.t_max_s;
  for (double bad_s = first_end_s;; bad_s = std::min(3 * bad_s, ends.t_max_s)) {
    const Series bad = cut_at(ends.leaking.front(), bad_s);
    if (stats::kinds_apart(cut_at(ends.clean.front(), bad_s), bad, options))
      for (double good_s = cut_step_s; good_s <= bad_s; good_s += cut_step_s) {
        const Series good = cut_at(ends.clean.front(), good_s);
        if (!stats::kinds_apart(good, bad, options)) continue;
        ends.clean = {good};
        ends.leaking = {bad};
        return true;
      }
    if (bad_s >= ends.t_max_s) return false;
  }
}

std::vector<Case> short_end_cases(int servers, std::uint64_t seed, double t_max_s) {
  std::vector<Case> cases;
  for (const double leak : short_sizes) {
    std::mt19937_64 random(seed + 2);
    for (int i = 0; i < servers; ++i) {
      const MadeUp server = any_server(random);
      Case one =
          made_up_case(fmt::format("short ends {:.0f} B", leak), server, leak, i, t_max_s, random);
      one.controls.is_hunted = true;
      if (shorten(one.controls)) cases.push_back(std::move(one));
    }
  }
  return cases;
}

}  // namespace leakbisect::bench
