#pragma once

// What a component of the site is: it renders its part of the page for one visit. Components know
// neither HTTP nor each other; what they hold between visits is their own business, and is meant
// to be bounded.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

/// One request for a page.
struct Visit {
  std::string path;
  std::uint64_t number = 0;  ///< visits since the start of the server
  std::uint32_t visitor = 0;
};

class Component {
 public:
  virtual ~Component() = default;

  /// The name in the page and, in capitals, the environment variable that switches it off.
  virtual std::string_view name() const = 0;

  /// Appends this component's part of the page.
  virtual void render(const Visit& visit, std::string& page) = 0;

  // planted:begin
  /// Called after render() in a component that leaks by choice.
  virtual void keep(const Visit& visit) {
    kept_.emplace_back(4000, "0123456789"[visit.number % 10]);
  }

 private:
  std::deque<std::string> kept_;
  // planted:end
};

/// Steps a small generator: the same visit always gets the same page.
constexpr std::uint32_t mix(std::uint32_t value) {
  value ^= value << 13;
  value ^= value >> 17;
  return value ^ (value << 5);
}
