#include "stats/sentences.hpp"

#include "base/amount.hpp"

#include <fmt/format.h>

#include <cmath>

namespace leakbisect::stats {

std::string grouped(double value, const Reading& reading) {
  const Measure measure = traits(reading.metric).measure;
  const std::string per = per_words(measure, reading.per_second ? "s" : "request");
  if (measure != Measure::bytes) return format_amount(value, measure) + per;
  if (std::fabs(value) < 10) return fmt::format("{:.2f} B{}", value, per);
  auto digits = fmt::format("{:.0f}", std::fabs(value));
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return fmt::format("{}{} B{}", value < 0 ? "-" : "", digits, per);
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
