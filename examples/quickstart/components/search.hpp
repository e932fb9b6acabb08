#pragma once

#include "../site.hpp"

#include <map>

/// The search box, with suggestions: the last 32 answers are kept, the oldest goes first.
class Search final : public Component {
 public:
  std::string_view name() const override { return "search"; }

  void render(const Visit& visit, std::string& page) override {
    const auto words = visit.visitor % 48;
    if (answers_.count(words) == 0) {
      answers_[words] = suggest(words);
      order_.push_back(words);
    }
    page += "<input list=\"words\"><datalist id=\"words\">" + answers_[words] + "</datalist>";
    if (order_.size() > 32) {
      answers_.erase(order_.front());
      order_.pop_front();
    }
  }

 private:
  static std::string suggest(std::uint32_t words) {
    std::string options;
    for (std::uint32_t i = 1; i <= 12; ++i) {
      options += "<option>film " + std::to_string(mix(words * 12 + i) % 5000) + "</option>";
    }
    return options;
  }

  std::map<std::uint32_t, std::string> answers_;
  std::deque<std::uint32_t> order_;
};
