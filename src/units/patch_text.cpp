#include "units/patch_text.hpp"

#include <charconv>
#include <optional>

namespace leakbisect::units {
namespace {

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The file in "--- a/src/x.js\t2024-05-01": its prefix and its time are no part of the name.
std::string file_name(std::string_view field) {
  field = without_end(field);
  field = field.substr(0, field.find('\t'));
  if (field == "/dev/null") return "";
  if (field.starts_with("a/") || field.starts_with("b/")) field.remove_prefix(2);
  return std::string(field);
}

// Takes a number off the front of `text`.
std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// Takes "3,7" (or "3", which means one line) off the front.
std::optional<std::pair<std::size_t, std::size_t>> take_range(std::string_view& text) {
  const auto start = take_number(text);
  if (!start) return std::nullopt;
  if (!text.starts_with(',')) return std::pair{*start, std::size_t{1}};
  text.remove_prefix(1);
  const auto count = take_number(text);
  if (!count) return std::nullopt;
  return std::pair{*start, *count};
}

class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(lines_of(text)) {}

  Result<std::vector<FilePatch>> read() {
    while (at_ < lines_.size()) {
      if (auto step = read_line(); !step) return step.error();
    }
    std::erase_if(files_, [](const FilePatch& file) {
      return file.hunks.empty() && file.old_path == file.new_path;  // a change of mode only
    });
    if (files_.empty()) return fail("it holds no unified patch");
    return files_;
  }

 private:
  Result<> read_line() {
    const std::string_view line = lines_[at_];
    if (line.starts_with("GIT binary patch") || line.starts_with("Binary files ")) {
      return fail("it is a binary patch: switch the file off by \"replace\"");
    }
    if (line.starts_with("diff --git ") && line.find('"') != std::string_view::npos) {
      return fail("it quotes file names: make it with git -c core.quotePath=false diff");
    }
    if (line.starts_with("rename from ")) {
      files_.push_back({std::string(without_end(line.substr(12))), "", {}});
      renaming_ = true;
    } else if (line.starts_with("rename to ") && renaming_) {
      files_.back().new_path = without_end(line.substr(10));
    } else if (line.starts_with("--- ") && at_ + 1 < lines_.size() &&
               lines_[at_ + 1].starts_with("+++ ")) {
      if (!renaming_) {
        files_.push_back({file_name(line.substr(4)),
                          file_name(std::string_view(lines_[at_ + 1]).substr(4)),
                          {}});
      }
      renaming_ = false;
      ++at_;
    } else if (line.starts_with("@@ -") && !files_.empty()) {
      return read_hunk();
    }
    ++at_;
    return {};
  }

  Result<> read_hunk() {
    PatchHunk hunk;
    hunk.header = without_end(lines_[at_]);
    std::string_view rest = std::string_view(hunk.header).substr(4);
    const auto old_range = take_range(rest);
    if (!old_range || !rest.starts_with(" +")) return fail("\"{}\" is no hunk", hunk.header);
    rest.remove_prefix(2);
    const auto new_range = take_range(rest);
    if (!new_range) return fail("\"{}\" is no hunk", hunk.header);
    hunk.new_start = new_range->first;
    std::size_t old_left = old_range->second;
    std::size_t new_left = new_range->second;
    ++at_;
    while (old_left > 0 || new_left > 0) {
      if (at_ == lines_.size()) return fail("hunk \"{}\" is cut short", hunk.header);
      if (auto taken = take_line(hunk, old_left, new_left); !taken) return taken;
    }
    while (at_ < lines_.size() && lines_[at_].starts_with("\\")) drop_line_end(hunk);
    files_.back().hunks.push_back(std::move(hunk));
    return {};
  }

  Result<> take_line(PatchHunk& hunk, std::size_t& old_left, std::size_t& new_left) {
    std::string line = lines_[at_];
    // Editors strip the blank of an empty context line.
    if (line == "\n" || line == "\r\n") line.insert(0, 1, ' ');
    const char tag = line.front();
    if (tag == '\\') {
      drop_line_end(hunk);
      return {};
    }
    const bool fits = (tag == ' ' && old_left > 0 && new_left > 0) ||
                      (tag == '-' && old_left > 0) || (tag == '+' && new_left > 0);
    if (!fits) return fail("hunk \"{}\" does not hold the lines it announces", hunk.header);
    if (tag != '+') --old_left;
    if (tag != '-') --new_left;
    hunk.lines.push_back({tag, line.substr(1)});
    ++at_;
    return {};
  }

  // "\ No newline at end of file" is said of the line before.
  void drop_line_end(PatchHunk& hunk) {
    if (!hunk.lines.empty() && hunk.lines.back().text.ends_with('\n')) {
      hunk.lines.back().text.pop_back();
    }
    ++at_;
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  bool renaming_ = false;
  std::vector<FilePatch> files_;
};

}  // namespace

Result<std::vector<FilePatch>> read_patch(std::string_view text) {
  return Reader(text).read();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

}  // namespace leakbisect::units
