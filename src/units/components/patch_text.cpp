#include "units/components/patch_text.hpp"

#include <charconv>
#include <optional>

namespace leakbisect::units {
namespace {

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The character of an escape in a quoted name: "303" (octal, a byte), "t"; taken off the front.
char take_escape(std::string_view& text) {
  const std::string_view octal = text.substr(0, 3);
  unsigned byte = 0;
  const auto [end, failed] = std::from_chars(octal.data(), octal.data() + octal.size(), byte, 8);
  if (failed == std::errc{} && byte < 256) {
    text.remove_prefix(static_cast<std::size_t>(end - octal.data()));
    return static_cast<char>(byte);
  }
  constexpr std::string_view names = "abtnvfr";
  const auto control = names.find(text.front());
  const char c = control == names.npos ? text.front() : static_cast<char>('\a' + control);
  text.remove_prefix(1);
  return c;
}

// What git has put into quotes for its bytes or blanks, "a/\303\244.js"; anything else as it is.
std::string unquoted(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  std::string name;
  for (text.remove_prefix(1); !text.empty() && text.front() != '"';) {
    const char c = text.front();
    text.remove_prefix(1);
    name += c == '\\' && !text.empty() ? take_escape(text) : c;
  }
  return name;
}

// The file in "--- a/src/x.js\t2024-05-01": its prefix and its time are no part of the name.
std::string file_name(std::string_view field) {
  field = without_end(field);
  std::string name = unquoted(field.substr(0, field.find('\t')));
  if (name == "/dev/null") return "";
  if (name.starts_with("a/") || name.starts_with("b/")) name.erase(0, 2);
  return name;
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
    const std::string_view next = at_ + 1 < lines_.size() ? lines_[at_ + 1] : std::string_view{};
    if (line.starts_with("diff --git ")) {
      begin_git_file(without_end(line));
    } else if (line.starts_with("--- ") && next.starts_with("+++ ")) {
      if (!in_git_header_) files_.emplace_back();
      in_git_header_ = false;
      files_.back().old_path = file_name(line.substr(4));
      files_.back().new_path = file_name(next.substr(4));
      ++at_;
    } else if (line.starts_with("@@ -") && !files_.empty()) {
      in_git_header_ = false;
      return read_hunk();
    } else if (in_git_header_) {
      if (auto read = read_git_header(without_end(line)); !read) return read;
    } else if (line.starts_with("Binary files ")) {
      return is_binary();
    }
    ++at_;
    return {};
  }

  static Error is_binary() {
    return fail("it is a binary patch: switch the file off by \"replace\"");
  }

  // "diff --git a/NAME b/NAME"; where the names differ, "rename" or "---" lines follow.
  void begin_git_file(std::string_view line) {
    const std::string_view names = line.substr(std::string_view("diff --git ").size());
    const std::string name = file_name(names.substr(0, names.size() / 2));
    files_.push_back({name, name, {}});
    in_git_header_ = true;
  }

  // The lines between "diff --git" and the first hunk.
  Result<> read_git_header(std::string_view line) {
    constexpr std::string_view from = "rename from ";
    constexpr std::string_view to = "rename to ";
    if (line.starts_with("GIT binary patch") || line.starts_with("Binary files ")) {
      return is_binary();
    }
    if (line.starts_with("copy from ")) {
      return fail("it copies files: make it with git diff --no-renames");
    }
    if (line.starts_with("new file mode ")) files_.back().old_path.clear();
    if (line.starts_with("deleted file mode ")) files_.back().new_path.clear();
    if (line.starts_with(from)) files_.back().old_path = unquoted(line.substr(from.size()));
    if (line.starts_with(to)) files_.back().new_path = unquoted(line.substr(to.size()));
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
  bool in_git_header_ = false;
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
