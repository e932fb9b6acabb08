#pragma once

// Which components leak on purpose. "video" leaks alone; "video,ads" are two leaks; "video+ads" is
// one leak that needs both, shown by the last one named; "none" is a healthy site.
// The environment variable LEAK says it, or else the "leak" entry of site.json.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

class Planted {
 public:
  Planted() {
    std::istringstream leaks(chosen());
    for (std::string leak; std::getline(leaks, leak, ',');) {
      if (leak != "none") leaks_.insert(leak);
    }
  }

  /// Notes a component that is on.
  void switched_on(std::string_view component) { on_.emplace(component); }

  /// Does `component` leak, given the components that are on?
  bool leaks(std::string_view component) const {
    for (const auto& leak : leaks_) {
      std::istringstream names(leak);
      bool all_on = true;
      std::string last;
      while (std::getline(names, last, '+')) all_on = all_on && on_.count(last) == 1;
      if (all_on && last == component) return true;
    }
    return false;
  }

 private:
  static std::string chosen() {
    if (const char* from_environment = std::getenv("LEAK")) return from_environment;
    std::ifstream file("site.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto key = text.find("\"leak\"");
    if (key == std::string::npos) return "none";
    const auto begin = text.find('"', text.find(':', key)) + 1;
    return text.substr(begin, text.find('"', begin) - begin);
  }

  std::set<std::string> leaks_;
  std::set<std::string> on_;
};
