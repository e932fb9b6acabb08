#include "stats/points.hpp"

#include <algorithm>
#include <cmath>

namespace leakbisect::stats {

namespace {

constexpr double smallest_drop = 64 * 1024;  // bytes; smaller falls are no collection
constexpr double drop_share = 0.35;          // of the median of the last drops
constexpr std::size_t remembered_drops = 8;
constexpr double fewest_seconds_between_drops = 1;
constexpr std::size_t step_neighbours = 7;  // changes on either side that a step is beside
constexpr std::size_t fewest_neighbours = 6;
constexpr double normal_mad = 1.4826;    // standard deviation of a normal law over its MAD
constexpr double step_spreads = 5;       // from the median of its neighbours: a step
constexpr double undone_share = 0.5;     // of a step, gained before it: a collection
constexpr double step_floor = 8 * 1024;  // bytes: pages come in batches
constexpr double restart_share = 0.9;    // a restarted tree holds less than this of what it held

double tree_memory(const Sample& sample) {
  static const std::vector<Metric> pages = ranked(MemoryPart::pages);
  for (const Metric metric : pages)
    if (sample.has(metric)) return sample.at(metric);
  return std::numeric_limits<double>::quiet_NaN();
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// A series seen as (time, age, x, y) of one metric; missing readings are skipped.
std::vector<Point> raw_points(const Series& series, const Reading& reading) {
  const auto generation = generations(series);
  std::vector<Point> points;
  double start_s = 0;
  double start_requests = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const auto& sample = series[i];
    if (i > 0 && generation[i] != generation[i - 1]) {
      start_s = sample.t_s;
      start_requests = series[i - 1].requests;
    }
    if (!std::isfinite(sample.at(reading.metric)) || !std::isfinite(sample.t_s)) continue;
    Point point;
    point.t_s = sample.t_s;
    point.age_s = sample.t_s - start_s;
    point.x = reading.per_second ? point.age_s : std::max(0.0, sample.requests - start_requests);
    point.y = sample.at(reading.metric);
    point.generation = generation[i];
    points.push_back(point);
  }
  return points;
}

struct Drop {
  Point after;
  double size = 0;
};

std::vector<Drop> find_drops(const std::vector<Point>& raw) {
  std::vector<Drop> found;
  std::vector<double> sizes;
  for (std::size_t i = 1; i < raw.size(); ++i) {
    if (raw[i].generation != raw[i - 1].generation) continue;
    const double size = raw[i - 1].y - raw[i].y;
    const auto last =
        sizes.size() > remembered_drops ? sizes.end() - remembered_drops : sizes.begin();
    if (size <= std::max(smallest_drop, drop_share * median({last, sizes.end()}))) continue;
    sizes.push_back(size);
    const bool soon = !found.empty() && found.back().after.generation == raw[i].generation &&
                      raw[i].t_s - found.back().after.t_s < fewest_seconds_between_drops;
    if (!soon)
      found.push_back({raw[i], size});
    else if (raw[i].y < found.back().after.y)
      found.back() = {raw[i], found.back().size + size};
  }
  return found;
}

std::vector<Point> bin_minima(const std::vector<Point>& raw, double bin_s, double end_s) {
  constexpr double complete_share = 0.85;
  std::vector<Point> points;
  long bin = -1;
  double count = 0;
  for (const auto& point : raw) {
    // The epsilon keeps a sample that is due at a bin's edge in the bin that begins there.
    const long here = static_cast<long>(point.age_s / bin_s + 1e-3);
    if (points.empty() || here != bin || point.generation != points.back().generation) {
      points.push_back({point.t_s, point.age_s, 0, point.y, point.generation});
      bin = here;
      count = 0;
    }
    auto& current = points.back();
    current.y = std::min(current.y, point.y);
    current.x = (current.x * count + point.x) / (count + 1);
    current.t_s = point.t_s;
    ++count;
  }
  if (!points.empty()) {
    const double began_s = static_cast<double>(bin) * bin_s;
    const double start_s = raw.back().t_s - raw.back().age_s;
    if (end_s - start_s - began_s < complete_share * bin_s) points.pop_back();
  }
  return points;
}

/// How far a change lies from those around it, where that is far beyond their spread; else 0.
double beside_neighbours(const std::vector<double>& changes, std::size_t i) {
  std::vector<double> around;
  const std::size_t first = i > step_neighbours ? i - step_neighbours : 0;
  for (std::size_t j = first; j < std::min(changes.size(), i + step_neighbours + 1); ++j)
    if (j != i) around.push_back(changes[j]);
  if (around.size() < fewest_neighbours) return 0;
  const double usual = median(around);
  for (double& change : around) change = std::fabs(change - usual);
  const double spread = std::max(normal_mad * median(around), step_floor);
  const double off = changes[i] - usual;
  return std::fabs(off) > step_spreads * spread ? off : 0;
}

/// Takes steps of the heap out of a generation's points [from, to). A fall that gives back what was
/// gained since the last one is a collection: what rises in between is garbage, and stays.
void level(std::vector<Point>& points, std::size_t from, std::size_t to) {
  std::vector<double> changes;
  for (std::size_t i = from + 1; i < to; ++i) changes.push_back(points[i].y - points[i - 1].y);
  double taken = 0;
  double since = points[from].y;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const double step = beside_neighbours(changes, i);
    const double gained = points[from + i].y - since;
    const bool undoes = gained * step < 0 && std::fabs(gained) > undone_share * std::fabs(step);
    if (!undoes) taken += step;
    points[from + i + 1].y -= taken;
    if (step != 0) since = points[from + i + 1].y;
  }
}

std::vector<Point> between_steps(std::vector<Point> points) {
  for (std::size_t from = 0; from < points.size();) {
    std::size_t to = from + 1;
    while (to < points.size() && points[to].generation == points[from].generation) ++to;
    level(points, from, to);
    from = to;
  }
  return points;
}

}  // namespace

std::vector<int> generations(const Series& series) {
  std::vector<int> generation(series.size(), 0);
  for (std::size_t i = 1; i < series.size(); ++i) {
    const auto& before = series[i - 1];
    const auto& now = series[i];
    const double was = tree_memory(before);
    const double is = tree_memory(now);
    const bool fell = std::isnan(was) || std::isnan(is) || is < restart_share * was;
    const bool restarted = now.newest_pid != before.newest_pid && now.nproc <= before.nproc && fell;
    generation[i] = generation[i - 1] + (restarted ? 1 : 0);
  }
  return generation;
}

std::vector<Point> sift(const Series& series, const Reading& reading) {
  const auto raw = raw_points(series, reading);
  if (raw.empty()) return {};
  if (reading.sift != Sift::after_drop) {
    auto points = bin_minima(raw, reading.bin_s, series.back().t_s);
    return reading.sift == Sift::between_steps ? between_steps(std::move(points)) : points;
  }
  std::vector<Point> points;
  for (const auto& drop : find_drops(raw)) points.push_back(drop.after);
  return points;
}

Drops drops(const Series& series, Metric metric) {
  const auto found = find_drops(raw_points(series, {metric, Sift::after_drop, 1, false}));
  std::vector<double> sizes;
  std::vector<double> gaps;
  for (std::size_t i = 0; i < found.size(); ++i) {
    sizes.push_back(found[i].size);
    if (i > 0) gaps.push_back(found[i].after.t_s - found[i - 1].after.t_s);
  }
  return {median(sizes), median(gaps)};
}

std::vector<Point> batch_means(std::span<const Point> points, std::size_t count) {
  std::vector<Point> means(count);
  for (std::size_t b = 0; b < count; ++b) {
    const std::size_t from = b * points.size() / count;
    const std::size_t to = (b + 1) * points.size() / count;
    for (std::size_t i = from; i < to; ++i) {
      const double share = 1 / static_cast<double>(to - from);
      means[b].x += points[i].x * share;
      means[b].y += points[i].y * share;
      means[b].age_s += points[i].age_s * share;
    }
  }
  return means;
}

bool has_metric(const Series& series, Metric metric) {
  constexpr long enough = 4;
  return std::count_if(series.begin(), series.end(), [metric](const Sample& sample) {
           return std::isfinite(sample.at(metric));
         }) >= enough;
}

}  // namespace leakbisect::stats
