#include "stats/sentences.hpp"

#include <fmt/format.h>

#include <cmath>

namespace leakbisect::stats {

namespace {

std::string unit(const Reading& reading) {
  const bool counts = is_count(reading.metric);
  return fmt::format("{}/{}", counts ? " " + std::string(metric_name(reading.metric)) : " B",
                     reading.per_second ? "s" : "request");
}

}  // namespace

std::string grouped(double value, const Reading& reading) {
  if (std::fabs(value) < 10) return fmt::format("{:.2f}{}", value, unit(reading));
  auto digits = fmt::format("{:.0f}", std::fabs(value));
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return (value < 0 ? "-" : "") + digits + unit(reading);
}

std::string growth(const Template& ends, double lambda) {
  return fmt::format("grows {} over the clean end, {:.2f} of the leaking end",
                     grouped(ends.slope_at(lambda), ends.method.reading), ends.place(lambda));
}

std::string likeness(const Template& ends, double lambda) {
  constexpr double alike = 0.1;
  if (ends.from > 0) return growth(ends, lambda) + ": nearer to the lower end";
  if (lambda > alike) return growth(ends, lambda) + ": nearer to the clean end";
  return fmt::format("grows as the clean end does: {} over it, {:.2f} of the leaking end",
                     grouped(ends.slope_at(lambda), ends.method.reading), ends.place(lambda));
}

}  // namespace leakbisect::stats
