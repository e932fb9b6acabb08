#pragma once

#include "../site.hpp"

/// The last 200 visits, for the "now popular" line; older ones are let go.
class Analytics final : public Component {
 public:
  std::string_view name() const override { return "analytics"; }

  void render(const Visit& visit, std::string& page) override {
    events_.push_back("visitor " + std::to_string(visit.visitor) + " read " + visit.path);
    if (events_.size() > 200) events_.pop_front();
    page += "<!-- " + events_.front() + ", " + std::to_string(events_.size()) + " lately -->";
  }

 private:
  std::deque<std::string> events_;
};
