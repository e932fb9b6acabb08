#pragma once

#include "../site.hpp"

#include <algorithm>
#include <utility>

/// A sealed auction among the advertisers for every slot of the page.
class Ads final : public Component {
 public:
  std::string_view name() const override { return "ads"; }

  void render(const Visit& visit, std::string& page) override {
    for (std::uint32_t slot = 0; slot < 3; ++slot) {
      std::vector<std::pair<std::uint32_t, std::string>> bids;
      for (std::uint32_t bidder = 0; bidder < 16; ++bidder) {
        bids.emplace_back(mix(visit.visitor * 48 + slot * 16 + bidder + 1) % 1000,
                          "brand-" + std::to_string(bidder));
      }
      std::sort(bids.rbegin(), bids.rend());
      page += "<aside>" + bids[0].second + " pays " + std::to_string(bids[1].first) + "</aside>";
    }
  }
};
