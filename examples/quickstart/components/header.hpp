#pragma once

#include "../site.hpp"

/// The masthead, with a greeting by the visitor's number.
class Header final : public Component {
 public:
  std::string_view name() const override { return "header"; }

  void render(const Visit& visit, std::string& page) override {
    page += "<h1>The Evening Reel</h1><p>Welcome, reader " + std::to_string(visit.visitor) + "</p>";
  }
};
