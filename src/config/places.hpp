#pragma once

// Where the keys and values of a JSON text stand, so that an error about one of them can be looked
// up in an editor: FILE:LINE:COLUMN. Knows no key of the hunt file. Filled by the syntax reader.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace leakbisect::config {

class Places {
 public:
  /// Of `text`, which came from `file`; the file's name is told as it is given here.
  Places(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {}

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& text() const { return text_; }

  /// Notes at which byte the key of the entry at a JSON pointer begins, or its value.
  void note_key(const std::string& path, std::size_t offset) { keys_[path] = offset; }
  void note_value(const std::string& path, std::size_t offset) { values_[path] = offset; }

  /// "FILE:LINE:COLUMN" of a byte; both count from 1, columns in characters.
  [[nodiscard]] std::string at(std::size_t offset) const;
  /// The same of the value at `path`; of what would hold it, where there is none. "FILE" where
  /// nothing was noted.
  [[nodiscard]] std::string of_value(std::string_view path) const;
  /// The same of its key; of an array's entry the value.
  [[nodiscard]] std::string of_key(std::string_view path) const;

 private:
  std::string file_;
  std::string text_;
  std::map<std::string, std::size_t, std::less<>> keys_, values_;
};

}  // namespace leakbisect::config
