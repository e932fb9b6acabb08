#include "witness/recording.hpp"

#include <cmath>

namespace leakbisect::witness {
namespace {

constexpr double fewest_requests = 10;

template <class Figure>
std::optional<Slope> slope_of(const Recording& recording, Figure figure) {
  const auto& readings = recording.readings;
  const auto n = static_cast<double>(readings.size());
  if (n < 3 || requests_in(recording) < fewest_requests) return std::nullopt;
  double x = 0, y = 0;
  for (const Reading& reading : readings) {
    x += reading.requests / n;
    y += figure(reading) / n;
  }
  double xx = 0, xy = 0;
  for (const Reading& reading : readings) {
    xx += (reading.requests - x) * (reading.requests - x);
    xy += (reading.requests - x) * (figure(reading) - y);
  }
  Slope slope{xy / xx, 0};
  double left = 0;
  for (const Reading& reading : readings) {
    const double off = figure(reading) - y - slope.value * (reading.requests - x);
    left += off * off;
  }
  slope.se = std::sqrt(left / (n - 2) / xx);
  return slope;
}

}  // namespace

double requests_in(const Recording& recording) {
  if (recording.readings.size() < 2) return 0;
  return recording.readings.back().requests - recording.readings.front().requests;
}

std::optional<Slope> heap_slope(const Recording& recording) {
  return slope_of(recording, [](const Reading& one) { return one.heap + one.external; });
}

std::optional<Slope> external_slope(const Recording& recording) {
  return slope_of(recording, [](const Reading& one) { return one.external; });
}

std::vector<Growth> growths(const Recording& recording) {
  const auto& readings = recording.readings;
  const std::size_t steps = readings.size() < 2 ? 0 : readings.size() - 1;
  std::vector<Growth> all(recording.stacks.size(), Growth{0, 0, std::vector<double>(steps, 0)});
  for (std::size_t i = 0; i < readings.size(); ++i) {
    for (const auto& [id, block] : readings[i].blocks) {
      Growth& growth = all.at(block.stack);
      if (i > 0) growth.steps[i - 1] += block.bytes;
      if (i + 1 < readings.size()) growth.steps[i] -= block.bytes;
    }
  }
  if (steps == 0) return all;
  // What stood there at both moments is the same, whatever it is an estimate of.
  const auto add = [&](const Reading& here, const Reading& there, double sign) {
    for (const auto& [id, block] : here.blocks) {
      if (there.blocks.contains(id)) continue;
      all[block.stack].bytes += sign * block.bytes;
      all[block.stack].variance += block.variance;
    }
  };
  add(readings.back(), readings.front(), 1);
  add(readings.front(), readings.back(), -1);
  return all;
}

}  // namespace leakbisect::witness
