#include "stats/lasting.hpp"

#include "stats/points.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace leakbisect::stats {

namespace {

constexpr std::size_t most_means = 60;  // of equal batches, nearly independent
constexpr std::size_t fewest_means = 12;
constexpr std::size_t fewest_a_side = 3;
constexpr double bend_errors = 4;    // standard errors: the bend is looked for at every place
constexpr double after_share = 0.2;  // of the time before a bend, that must be seen after it
constexpr double after_s = 4;        // and at least so long
constexpr double sure_errors = 2.6;  // standard errors: 99 of 100
constexpr double most_entries = 50'000;
constexpr double most_bytes = 100.0 * 1024 * 1024;
constexpr double most_counts = 128;
constexpr double and_after = 1.25;
constexpr double longest_correlation = 0.9;
constexpr double clean_share = 1.15;   // of the age of a bend, that is seen of the clean end
constexpr double times_clean = 2.5;    // of what the clean end bends by
constexpr double shortest_run_s = 12;  // of a run, and four times the warm-up
constexpr double until_full = 1.15;    // of the age at which a curve bends
constexpr double and_more_s = 1;

std::vector<Point> last_generation(const Series& run, const Reading& reading, double warmup_s) {
  std::vector<Point> points = sift(run, reading);
  if (points.empty()) return points;
  const int newest = points.back().generation;
  std::erase_if(points, [&](const Point& point) {
    return point.generation != newest || point.age_s < warmup_s;
  });
  return points;
}

std::vector<Point> means_of(const std::vector<Point>& points) {
  return batch_means(points, std::min(most_means, points.size()));
}

/// y = a + before min(x, at) + after max(0, x - at), by least squares.
struct Hinge {
  double at = 0;
  double before = 0, after = 0;
  double rest = std::numeric_limits<double>::infinity();  // sum of squares
  // Inverse of the centred normal equations.
  double var_before = 0, var_after = 0, covariance = 0;
  double constant = 0;

  [[nodiscard]] double value(double x) const {
    return constant + before * std::min(x, at) + after * std::max(0.0, x - at);
  }
};

std::optional<Hinge> hinge_at(const std::vector<Point>& means, double at) {
  const double n = static_cast<double>(means.size());
  double u = 0, w = 0, y = 0;
  for (const Point& mean : means) {
    u += std::min(mean.x, at) / n;
    w += std::max(0.0, mean.x - at) / n;
    y += mean.y / n;
  }
  double uu = 0, ww = 0, uw = 0, uy = 0, wy = 0, yy = 0;
  for (const Point& mean : means) {
    const double du = std::min(mean.x, at) - u;
    const double dw = std::max(0.0, mean.x - at) - w;
    const double dy = mean.y - y;
    uu += du * du, ww += dw * dw, uw += du * dw;
    uy += du * dy, wy += dw * dy, yy += dy * dy;
  }
  const double determinant = uu * ww - uw * uw;
  if (!(determinant > 1e-9 * uu * ww)) return std::nullopt;
  Hinge hinge;
  hinge.at = at;
  hinge.before = (uy * ww - wy * uw) / determinant;
  hinge.after = (wy * uu - uy * uw) / determinant;
  hinge.rest = std::max(0.0, yy - hinge.before * uy - hinge.after * wy);
  hinge.var_before = ww / determinant;
  hinge.var_after = uu / determinant;
  hinge.covariance = -uw / determinant;
  hinge.constant = y - hinge.before * u - hinge.after * w;
  return hinge;
}

/// Residuals of a curve hang together; so many times is the variance of a slope larger for it.
double correlated(const std::vector<Point>& means, const Hinge& hinge) {
  double square = 0, product = 0;
  double last = 0;
  for (const Point& mean : means) {
    const double off = mean.y - hinge.value(mean.x);
    square += off * off;
    product += off * last;
    last = off;
  }
  const double rho = square > 0 ? std::clamp(product / square, 0.0, longest_correlation) : 0;
  return (1 + rho) / (1 - rho);
}

std::optional<Hinge> best_hinge(const std::vector<Point>& means) {
  std::optional<Hinge> best;
  for (std::size_t i = fewest_a_side; i + fewest_a_side < means.size(); ++i) {
    const auto hinge = hinge_at(means, means[i].x);
    if (hinge && (!best || hinge->rest < best->rest)) best = hinge;
  }
  return best;
}

/// A hinge with honest errors.
struct Fall {
  Bend bend;
  double size = 0;  // of the slope
  double se = 0;
  double until_s = 0;  // age of what it was seen in
};

Fall fall_of(const std::vector<Point>& means, const Hinge& hinge, const Reading& reading) {
  const double grain = measure_of(reading.metric).grain;
  const double freedom = static_cast<double>(means.size()) - 4;
  const double noise =
      std::max(hinge.rest / freedom, grain * grain / 12) * correlated(means, hinge);
  Fall fall;
  fall.size = hinge.before - hinge.after;
  fall.se = std::sqrt(noise * (hinge.var_before + hinge.var_after - 2 * hinge.covariance));
  fall.bend.x = hinge.at;
  for (const Point& mean : means)
    if (mean.x <= hinge.at) fall.bend.age_s = mean.age_s;
  fall.bend.before = {hinge.before, std::sqrt(noise * hinge.var_before), freedom};
  fall.bend.after = {hinge.after, std::sqrt(noise * hinge.var_after), freedom};
  fall.bend.filled = fall.size * hinge.at;
  return fall;
}

std::optional<Fall> plain_fall(const std::vector<Point>& means, const Reading& reading) {
  if (means.size() < fewest_means) return std::nullopt;
  const auto hinge = best_hinge(means);
  if (!hinge) return std::nullopt;
  Fall fall = fall_of(means, *hinge, reading);
  if (fall.size < bend_errors * fall.se || hinge->before <= 0) return std::nullopt;
  const double seen_after_s = means.back().age_s - fall.bend.age_s;
  if (seen_after_s < std::max(after_s, after_share * fall.bend.age_s)) return std::nullopt;
  fall.until_s = means.back().age_s;
  return fall;
}

std::vector<Point> beginning(std::vector<Point> points, double until_s) {
  std::erase_if(points, [&](const Point& point) { return point.age_s > until_s; });
  return points;
}

/// The earliest plain one: what is full soon is looked for in the beginning of a long run.
std::optional<Fall> first_fall(const std::vector<Point>& points, const Reading& reading) {
  if (points.empty()) return std::nullopt;
  const double until_s = points.back().age_s;
  for (double end_s = shortest_run_s + 4 * points.front().age_s;; end_s *= 2) {
    if (2 * end_s > until_s) return plain_fall(means_of(points), reading);
    if (const auto fall = plain_fall(means_of(beginning(points, end_s)), reading)) return fall;
  }
}

/// The slope that the clean end loses at the same place; nothing where too little was seen of it.
std::optional<Fall> clean_fall(const std::vector<Point>& clean, const Bend& at,
                               const Reading& reading) {
  if (clean.size() < fewest_means || clean.back().age_s < clean_share * at.age_s)
    return std::nullopt;
  const auto hinge = hinge_at(clean, at.x);
  return hinge ? std::optional(fall_of(clean, *hinge, reading)) : std::nullopt;
}

Line less(Line line, const Line& other) {
  line.slope -= other.slope;
  line.se = std::hypot(line.se, other.se);
  return line;
}

}  // namespace

std::optional<Bend> bend_of(const Series& run, const Reading& reading, double warmup_s) {
  const auto fall = first_fall(last_generation(run, reading, warmup_s), reading);
  return fall ? std::optional(fall->bend) : std::nullopt;
}

std::vector<Bend> bends_beyond(const Series& run, const Series& clean, const Reading& reading,
                               double warmup_s) {
  std::vector<Bend> bends;
  for (double from_s = warmup_s;;) {
    const auto fall = first_fall(last_generation(run, reading, from_s), reading);
    if (!fall) return bends;
    const auto as_long = beginning(last_generation(clean, reading, from_s), fall->until_s + 1);
    const auto own = clean_fall(means_of(as_long), fall->bend, reading);
    if (!own) return bends;
    from_s = weighed_from_s(fall->bend.age_s);
    const double server = std::max(0.0, own->size);
    const double beyond = fall->size - server;
    const double se = std::hypot(fall->se, own->se);
    if (beyond < bend_errors * se || fall->size < times_clean * server) continue;
    Bend bend = fall->bend;
    bend.before = less(bend.before, own->bend.before);
    bend.after = less(bend.after, own->bend.after);
    bend.filled = beyond * bend.x;
    bends.push_back(bend);
  }
}

double weighed_from_s(double until_s) {
  return until_full * until_s + and_more_s;
}

Followed follow(const Series& run, const Reading& reading, double warmup_s) {
  const auto points = last_generation(run, reading, warmup_s);
  if (points.empty()) return {};
  return {points.back().x, points.back().y - points.front().y};
}

bool is_beyond_caches(const Followed& growth, Measure measure) {
  const double most = measure == Measure::bytes ? most_bytes : most_counts;
  return growth.requests >= and_after * most_entries || growth.grown >= and_after * most;
}

bool has_filled(const Bend& bend, double claimed, double base, double kept) {
  const double upper = bend.after.slope + sure_errors * bend.after.se;
  return bend.before.slope - bend.after.slope >= (1 - kept) * claimed &&
         upper - std::max(0.0, base) < kept * claimed;
}

}  // namespace leakbisect::stats
