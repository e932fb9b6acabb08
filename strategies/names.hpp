#pragma once

// The names of units, one each. Ids of commits (40 hexadecimal digits) are held as the 20 bytes
// that they are, a million of them in 20 megabytes; names are made from them when they are read.

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::strategies {

class Names {
 public:
  class iterator;

  Names() = default;
  Names(std::initializer_list<std::string> names) : Names(std::vector<std::string>(names)) {}
  Names(const std::vector<std::string>& names) {
    for (const std::string& name : names) push_back(name);
  }
  operator std::vector<std::string>() const;

  /// Names other than ids make all of them be held as they are.
  void push_back(std::string name);
  void reserve(std::size_t count) { ids_.reserve(count); }

  [[nodiscard]] std::size_t size() const { return ids_.size() + words_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::string operator[](std::size_t i) const;
  [[nodiscard]] std::string front() const { return (*this)[0]; }
  /// The place of a name; size() when it is none of them.
  [[nodiscard]] std::size_t find(std::string_view name) const;
  [[nodiscard]] iterator begin() const;
  [[nodiscard]] iterator end() const;

  bool operator==(const Names&) const = default;

 private:
  using Id = std::array<std::uint8_t, 20>;

  std::vector<Id> ids_;             ///< all names, or none
  std::vector<std::string> words_;  ///< none, or all names
};

/// Reads names by value.
class Names::iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = std::string;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = std::string;

  iterator() = default;
  iterator(const Names& names, std::size_t at) : names_(&names), at_(at) {}

  std::string operator*() const { return (*names_)[at_]; }
  iterator& operator++() {
    ++at_;
    return *this;
  }
  iterator operator++(int) { return {*names_, at_++}; }
  iterator operator+(difference_type by) const {
    return {*names_, at_ + static_cast<std::size_t>(by)};
  }
  difference_type operator-(const iterator& other) const {
    return static_cast<difference_type>(at_ - other.at_);
  }
  bool operator==(const iterator& other) const { return at_ == other.at_; }

 private:
  const Names* names_ = nullptr;
  std::size_t at_ = 0;
};

inline Names::iterator Names::begin() const {
  return {*this, 0};
}

inline Names::iterator Names::end() const {
  return {*this, size()};
}

}  // namespace leakbisect::strategies
