#pragma once

#include "../site.hpp"

/// The menu; the section that is being read is marked.
class Nav final : public Component {
 public:
  std::string_view name() const override { return "nav"; }

  void render(const Visit& visit, std::string& page) override {
    for (const std::string& section : sections_) {
      const bool here = visit.path == "/" + section;
      page += "<a href=\"/" + section + (here ? "\" class=\"here\">" : "\">") + section + "</a>";
    }
  }

 private:
  std::vector<std::string> sections_{"news", "live", "sport", "films", "shop", "about"};
};
