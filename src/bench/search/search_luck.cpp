#include "bench/search/search_luck.hpp"

#include <cmath>
#include <numbers>

namespace leakbisect::bench {

std::uint64_t Luck::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double Luck::unit() {
  return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52;
}

std::size_t Luck::below(std::size_t limit) {
  return static_cast<std::size_t>(next() % limit);
}

// Box and Muller, 1958.
double Luck::normal() {
  const double radius = std::sqrt(-2 * std::log(unit()));
  return radius * std::cos(2 * std::numbers::pi * unit());
}

double Luck::heavy() {
  const double value = normal();
  double squares = 0;
  for (int i = 0; i < 3; ++i) {
    const double other = normal();
    squares += other * other;
  }
  // t = value / sqrt(squares / 3) has variance 3.
  return value / std::sqrt(squares);
}

std::uint64_t key_of(std::uint64_t key, std::uint64_t number) {
  return Luck(key ^ (number * 0xd1342543de82ef95ULL)).next();
}

std::uint64_t key_of(std::uint64_t key, std::string_view text) {
  for (const char c : text) key = key_of(key, static_cast<std::uint64_t>(c) + 1);
  return key;
}

std::uint64_t key_of_trial(std::uint64_t instance, const strategies::Configuration& configuration,
                           unsigned visit) {
  std::uint64_t key = key_of(instance, visit);
  key = key_of(key, configuration.commit);
  for (const strategies::UnitIndex unit : configuration.off) key = key_of(key, unit);
  return key;
}

double spread_for(double error) {
  double low = 0.01;
  double high = 100;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    const double errs = std::erfc(0.5 / middle / std::numbers::sqrt2) / 2;
    (errs < error ? low : high) = middle;
  }
  return low;
}

}  // namespace leakbisect::bench
