#pragma once

// From samples to the few points a curve is judged by: one metric, read in one way, cut into
// process generations. Knows nothing of ends or verdicts. Points of a generation are in order of
// age, and age and x start at 0 with it.

#include "stats/series.hpp"

#include <span>
#include <vector>

namespace leakbisect::stats {

/// How readings of a metric become points.
enum class Sift {
  bin_minimum,   ///< the lowest reading of each bin: the lower envelope of a sawtooth
  after_drop,    ///< the readings directly after a collection (a large drop)
  between_steps  ///< bin_minimum with the steps taken out: changes far beyond their neighbours'
};

/// A metric and the way it is read.
struct Reading {
  Metric metric = Metric::anon;
  Sift sift = Sift::bin_minimum;
  double bin_s = 1;
  bool per_second = false;  ///< x is the age in seconds, not the requests

  friend bool operator==(const Reading&, const Reading&) = default;
};

struct Point {
  double t_s = 0;    ///< since the first process was started
  double age_s = 0;  ///< since this process generation was started
  double x = 0;      ///< requests since the generation was started (or its age)
  double y = 0;      ///< the metric
  int generation = 0;
};

/// The generation of each sample: a new one begins when newest_pid changes, no process was added
/// and the tree's memory fell (a helper process that comes or goes is no restart).
std::vector<int> generations(const Series& series);

/// Points of `series`. A last bin that is not complete yet is left out.
std::vector<Point> sift(const Series& series, const Reading& reading);

/// Means of `count` equal batches of points, at most as many as there are: nearly independent where
/// points are not, so that the residuals' interval is honest. `t_s` and `generation` are left 0.
std::vector<Point> batch_means(std::span<const Point> points, std::size_t count);

/// Size and rhythm of the collections that Sift::after_drop saw; zero when there was none.
struct Drops {
  double median_size = 0;
  double median_gap_s = 0;
};
Drops drops(const Series& series, Metric metric);

/// True when the series holds at least a few readings of the metric.
bool has_metric(const Series& series, Metric metric);

}  // namespace leakbisect::stats
