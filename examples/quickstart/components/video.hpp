#pragma once

#include "../site.hpp"

/// The player: a playlist of segments for each quality, written anew for every visit.
class Video final : public Component {
 public:
  std::string_view name() const override { return "video"; }

  void render(const Visit& visit, std::string& page) override {
    std::vector<std::string> playlist;
    for (const std::string_view quality : {"360p", "720p", "1080p"}) {
      for (std::uint64_t segment = 0; segment < 6; ++segment) {
        playlist.push_back(std::string(quality) + "/" +
                           std::to_string(visit.number / 500 + segment));
      }
    }
    page += "<video>";
    for (const auto& source : playlist) page += "<source src=\"/live/" + source + ".ts\">";
    page += "</video>";
  }

  // planted:begin
  // Every watcher is noted for the "people watching" figure, and nobody takes them off.
  void keep(const Visit& visit) override { watchers_.push_back({visit, {}}); }

 private:
  struct Watcher {
    Visit visit;
    char buffer[4000];
  };
  std::deque<Watcher> watchers_;
  // planted:end
};
