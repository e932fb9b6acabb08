#pragma once

#include "../site.hpp"

#include <algorithm>

/// The ten best of forty comments, sorted for every visit.
class Comments final : public Component {
 public:
  std::string_view name() const override { return "comments"; }

  void render(const Visit& visit, std::string& page) override {
    struct Comment {
      std::uint32_t votes;
      std::string text;
    };
    std::vector<Comment> comments;
    for (std::uint32_t i = 1; i <= 40; ++i) {
      const auto votes = mix(visit.visitor + i * 131) % 500;
      comments.push_back({votes, "What a film, I have seen it " + std::to_string(i) + " times."});
    }
    std::sort(comments.begin(), comments.end(),
              [](const Comment& a, const Comment& b) { return a.votes > b.votes; });
    for (std::size_t i = 0; i < 10; ++i) {
      page += "<p>" + comments[i].text + " (" + std::to_string(comments[i].votes) + ")</p>";
    }
  }
};
