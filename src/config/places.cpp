#include "config/places.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::config {

std::string Places::at(std::size_t offset) const {
  const std::string_view before = std::string_view(text_).substr(0, offset);
  const auto newline = before.rfind('\n');
  const std::string_view row =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = 1 + std::count_if(row.begin(), row.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
                      });
  return fmt::format("{}:{}:{}", file_, line, column);
}

std::string Places::of_value(std::string_view path) const {
  while (true) {
    if (const auto found = values_.find(path); found != values_.end()) return at(found->second);
    if (path.empty()) return file_;
    path = path.substr(0, std::min(path.rfind('/'), path.size()));
  }
}

std::string Places::of_key(std::string_view path) const {
  const auto found = keys_.find(path);
  return found == keys_.end() ? of_value(path) : at(found->second);
}

}  // namespace leakbisect::config
