#pragma once

#include "../site.hpp"

/// The small print.
class Footer final : public Component {
 public:
  std::string_view name() const override { return "footer"; }

  void render(const Visit& visit, std::string& page) override {
    page += "<small>Page " + visit.path + ", visit " + std::to_string(visit.number) + "</small>";
  }
};
