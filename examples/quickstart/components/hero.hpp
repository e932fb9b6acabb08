#pragma once

#include "../site.hpp"

/// The picture at the top: one of eight, drawn when it is first wanted and kept.
class Hero final : public Component {
 public:
  std::string_view name() const override { return "hero"; }

  void render(const Visit& visit, std::string& page) override {
    std::string& picture = pictures_[visit.visitor % pictures_.size()];
    if (picture.empty()) picture = draw(visit.visitor);
    page += "<img src=\"data:image/x-sketch," + picture.substr(0, 256) + "\">";
  }

 private:
  static std::string draw(std::uint32_t seed) {
    std::string picture;
    for (int dot = 0; dot < 4096; ++dot) {
      seed = mix(seed + 1);
      picture += static_cast<char>('a' + seed % 26);
    }
    return picture;
  }

  std::vector<std::string> pictures_ = std::vector<std::string>(8);
};
