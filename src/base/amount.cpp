#include "base/amount.hpp"

#include "base/quantity.hpp"

#include <fmt/format.h>

#include <cmath>

namespace leakbisect {

namespace {

constexpr double least_told = 1e-4;  // smaller counts are none

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace

std::string count_figure(double value) {
  const double size = std::fabs(value);
  const std::string sign = value < 0 && size >= least_told ? "-" : "";
  if (size < least_told) return "0";
  if (size < 0.995) return sign + fmt::format("{:.2g}", size);
  if (size < 9.95) return sign + fmt::format("{:.1f}", size);
  return sign + grouped(size);
}

std::string_view counted_as(std::string_view figure, Measure measure) {
  return figure == "1.0" || figure == "1" ? traits(measure).one : traits(measure).many;
}

std::string format_amount(double value, Measure measure) {
  if (measure == Measure::bytes) return format_bytes(value);
  const std::string figure = count_figure(value);
  return fmt::format("{} {}", figure, counted_as(figure, measure));
}

std::string per_words(Measure measure, std::string_view per) {
  if (measure == Measure::bytes) return fmt::format("/{}", per);
  return fmt::format(" a {}", per == "s" ? "second" : per);
}

std::string slope_key(Measure measure) {
  return fmt::format("slope_{}_per_request", traits(measure).many);
}

}  // namespace leakbisect
