#pragma once

#include "../site.hpp"

/// The sign-up form, with a token against forgery.
class Newsletter final : public Component {
 public:
  std::string_view name() const override { return "newsletter"; }

  void render(const Visit& visit, std::string& page) override {
    std::string token;
    std::uint32_t state = visit.visitor + 7;
    for (int letter = 0; letter < 32; ++letter) {
      state = mix(state);
      token += "0123456789abcdef"[state % 16];
    }
    page += "<form><input type=\"hidden\" value=\"" + token + "\"><input name=\"mail\"></form>";
  }
};
