#pragma once

#include "../site.hpp"

#include <map>

/// What the visitor wants to buy: a basket for each of the few visitors, of ten things at most.
class Cart final : public Component {
 public:
  std::string_view name() const override { return "cart"; }

  void render(const Visit& visit, std::string& page) override {
    auto& basket = baskets_[visit.visitor];
    basket.push_back("poster " + std::to_string(visit.number % 200));
    if (basket.size() > 10) basket.pop_front();
    page += "<ul>";
    for (const auto& thing : basket) page += "<li>" + thing + "</li>";
    page += "</ul>";
  }

 private:
  std::map<std::uint32_t, std::deque<std::string>> baskets_;
};
