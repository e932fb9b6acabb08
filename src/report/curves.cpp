#include "report/curves.hpp"

#include "base/files.hpp"
#include "report/html_escape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace leakbisect::report {
namespace {

constexpr std::size_t most_points = 500;
constexpr std::size_t fewest_points = 150;
constexpr std::size_t points_on_page = 60000;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// Points kept of a trial: more than a page shows, of whatever length the longest one is.
constexpr std::size_t kept_points = 2000;

using Point = CurveCache::Point;
using Track = std::vector<Point>;  // x never falls

stats::Metric usual_metric(const Model& model) {
  std::array<std::size_t, stats::metric_count> votes{};
  for (const auto& record : model.trials)
    if (record.kind == strategies::OutcomeKind::measured)
      ++votes[static_cast<std::size_t>(record.decision.metric)];
  const auto best = std::max_element(votes.begin(), votes.end());
  if (*best == 0) return stats::Metric::anon;
  return static_cast<stats::Metric>(best - votes.begin());
}

// A line that was cut by a crash is no reason to lose the curve.
stats::Series read_samples(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return {};
  const std::size_t whole = text->rfind('\n');
  if (whole == std::string::npos) return {};
  auto series = stats::parse_csv(std::string_view(*text).substr(0, whole + 1));
  return series ? std::move(*series) : stats::Series();
}

// The longest life of the server: growth across a restart means nothing.
std::span<const stats::Sample> longest_generation(const stats::Series& series) {
  std::span<const stats::Sample> best;
  for (std::size_t begin = 0; begin < series.size();) {
    std::size_t end = begin + 1;
    while (end < series.size() && series[end].requests >= series[end - 1].requests) ++end;
    if (end - begin > best.size()) best = std::span(series).subspan(begin, end - begin);
    begin = end;
  }
  return best;
}

Track track_of(const stats::Series& series, stats::Metric metric, bool over_time) {
  Track track;
  double start = nothing;  // memory at the last sample before the load
  for (const auto& sample : longest_generation(series)) {
    if (!sample.has(metric)) continue;
    const bool loaded = over_time || sample.requests > 0;
    if (!loaded || std::isnan(start)) start = sample.at(metric);
    if (!loaded) track.clear();
    track.push_back({over_time ? sample.t_s : sample.requests, sample.at(metric) - start});
  }
  return track;
}

// Neighbours become their mean until few enough are left.
Track thinned(Track track) {
  const std::size_t group = (track.size() + kept_points - 1) / kept_points;
  if (group < 2) return track;
  Track out;
  for (std::size_t begin = 0; begin < track.size(); begin += group) {
    const std::size_t end = std::min(begin + group, track.size());
    Point mean{0, 0};
    for (std::size_t i = begin; i < end; ++i) {
      mean.x += track[i].x / static_cast<double>(end - begin);
      mean.y += track[i].y / static_cast<double>(end - begin);
    }
    out.push_back(mean);
  }
  return out;
}

// Mean of the points in each cell; between distant points, the line that joins them.
std::vector<double> onto_grid(const Track& track, const std::vector<double>& grid) {
  std::vector<double> out(grid.size(), nothing);
  const double half = grid.size() > 1 ? (grid[1] - grid[0]) / 2 : 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    double sum = 0;
    std::size_t count = 0;
    for (; next < track.size() && track[next].x <= grid[i] + half; ++next, ++count)
      sum += track[next].y;
    if (count > 0) {
      out[i] = sum / static_cast<double>(count);
    } else if (next > 0 && next < track.size()) {
      const Point& a = track[next - 1];
      const Point& b = track[next];
      out[i] = a.y + (b.y - a.y) * (grid[i] - a.x) / (b.x - a.x);
    }
  }
  return out;
}

int layer(const trial::Record& record) {
  switch (record.decision.verdict) {
    case stats::Verdict::undecided:
      return 0;
    case stats::Verdict::clean:
      return 1;
    case stats::Verdict::leaking:
      break;
  }
  return 2;
}

}  // namespace

Curves read_curves(const Model& model) {
  CurveCache none;
  return read_curves(model, none);
}

Curves read_curves(const Model& model, CurveCache& kept) {
  Curves out;
  out.metric = usual_metric(model);
  out.over_time = std::any_of(model.trials.begin(), model.trials.end(), [](const auto& record) {
    return record.kind == strategies::OutcomeKind::measured && !record.counts.counts_requests;
  });
  if (kept.metric != out.metric || kept.over_time != out.over_time)
    kept = {out.metric, out.over_time, {}};
  std::vector<const Track*> tracks;
  double longest = 0;
  for (const auto& record : model.trials) {
    if (record.kind != strategies::OutcomeKind::measured || !is_link_name(record.id)) continue;
    const auto file = model.directory / "trials" / record.id / "samples.csv";
    auto known = kept.tracks.find(record.id);
    if (known == kept.tracks.end())
      known =
          kept.tracks
              .emplace(record.id, thinned(track_of(read_samples(file), out.metric, out.over_time)))
              .first;
    const Track& track = known->second;
    if (track.size() < 2) continue;
    longest = std::max(longest, track.back().x);
    tracks.push_back(&track);
    out.curves.push_back({&record, {}});
  }
  if (tracks.empty() || longest <= 0) return Curves{out.metric, out.over_time, {}, {}};
  const std::size_t points = std::clamp(points_on_page / tracks.size(), fewest_points, most_points);
  for (std::size_t i = 0; i < points; ++i)
    out.grid.push_back(longest * static_cast<double>(i) / static_cast<double>(points - 1));
  for (std::size_t i = 0; i < tracks.size(); ++i)
    out.curves[i].growth = onto_grid(*tracks[i], out.grid);
  std::stable_sort(out.curves.begin(), out.curves.end(), [](const Curve& a, const Curve& b) {
    return layer(*a.record) < layer(*b.record);
  });
  return out;
}

}  // namespace leakbisect::report
