#include "strategies/names.hpp"

#include <algorithm>
#include <optional>

namespace leakbisect::strategies {
namespace {

using Id = std::array<std::uint8_t, 20>;

constexpr std::string_view digits = "0123456789abcdef";

std::optional<Id> id_of(std::string_view name) {
  Id id;
  if (name.size() != 2 * id.size()) return std::nullopt;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const std::size_t high = digits.find(name[2 * i]);
    const std::size_t low = digits.find(name[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    id[i] = static_cast<std::uint8_t>(16 * high + low);
  }
  return id;
}

}  // namespace

Names::operator std::vector<std::string>() const {
  return {begin(), end()};
}

void Names::push_back(std::string name) {
  if (words_.empty()) {
    if (const auto id = id_of(name)) {
      ids_.push_back(*id);
      return;
    }
    words_ = *this;
    ids_ = {};
  }
  words_.push_back(std::move(name));
}

std::string Names::operator[](std::size_t i) const {
  if (!words_.empty()) return words_[i];
  std::string name;
  for (const std::uint8_t byte : ids_[i]) {
    name += digits[byte / 16];
    name += digits[byte % 16];
  }
  return name;
}

std::size_t Names::find(std::string_view name) const {
  if (!words_.empty())
    return static_cast<std::size_t>(std::ranges::find(words_, name) - words_.begin());
  const auto id = id_of(name);
  if (!id) return size();
  return static_cast<std::size_t>(std::ranges::find(ids_, *id) - ids_.begin());
}

}  // namespace leakbisect::strategies
