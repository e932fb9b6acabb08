#pragma once

// What `check` finds: a line a point.

#include "report/terminal.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace leakbisect::cli {

/// One of them: its name and what is said of it.
struct Point {
  enum class State { ok, warning, problem } state;
  std::string what;
  std::string text;
};

/// The points in the order found.
class Points {
 public:
  void ok(std::string what, std::string text) {
    add({Point::State::ok, std::move(what), std::move(text)});
  }
  void warn(std::string what, std::string text) {
    add({Point::State::warning, std::move(what), std::move(text)});
  }
  void problem(std::string what, std::string text) {
    add({Point::State::problem, std::move(what), std::move(text)});
    failed_ = true;
  }
  [[nodiscard]] bool failed() const { return failed_; }

  void print(bool json) const {
    static constexpr const char* names[] = {"ok", "warning", "problem"};
    nlohmann::json rows = nlohmann::json::array();
    for (const Point& point : all_) {
      const char* state = names[static_cast<int>(point.state)];
      const std::string text = report::printable(point.text);
      if (json)
        rows.push_back({{"point", point.what}, {"state", state}, {"text", text}});
      else
        fmt::print("{:<8} {:<10} {}\n", state, point.what, text);
    }
    if (json) fmt::print("{}\n", nlohmann::json{{"ok", !failed_}, {"points", rows}}.dump(2));
  }

 private:
  void add(Point point) { all_.push_back(std::move(point)); }
  std::vector<Point> all_;
  bool failed_ = false;
};

}  // namespace leakbisect::cli
