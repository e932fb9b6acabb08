#include "load/progress.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>

namespace leakbisect::load {

namespace {

// Memory is bounded by one line.
constexpr std::size_t longest_line = 4096;

std::optional<std::uint64_t> number_at_start(std::string_view text) {
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> plain_number(std::string_view line) {
  constexpr std::string_view word = "requests ";
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (!line.starts_with(word)) return std::nullopt;
  return number_at_start(line.substr(word.size()));
}

}  // namespace

Result<Progress> Progress::make(const std::optional<std::string>& pattern) {
  Progress progress;
  if (!pattern) return progress;
  auto compiled = Pattern::make(*pattern);
  if (!compiled)
    return fail("load.progress: \"{}\" is no regular expression: {}", *pattern,
                compiled.error().message);
  if (compiled->groups() == 0)
    return fail("load.progress: \"{}\" has no group; write requests: ([0-9]+)", *pattern);
  progress.pattern_ = std::move(*compiled);
  return progress;
}

void Progress::line(std::string_view text) {
  text = text.substr(0, longest_line);
  std::optional<std::uint64_t> number;
  if (pattern_) {
    if (const auto group = pattern_->first_group(text)) number = number_at_start(*group);
  } else {
    number = plain_number(text);
  }
  if (!number) return;
  if (this_run_ && *number < *this_run_) earlier_runs_ += *this_run_;
  this_run_ = number;
}

std::optional<std::uint64_t> Progress::requests() const {
  if (!this_run_) return std::nullopt;
  return earlier_runs_ + *this_run_;
}

void LogTail::poll(Progress& progress, bool to_the_end) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(file_, missing);
  if (missing) return;
  if (size < offset_) offset_ = 0;
  std::ifstream in(file_, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset_));
  std::array<char, 65536> chunk;
  while (in.read(chunk.data(), chunk.size()), in.gcount() > 0) {
    offset_ += static_cast<std::uintmax_t>(in.gcount());
    std::string_view text(chunk.data(), static_cast<std::size_t>(in.gcount()));
    // Carriage returns end lines as well: many tools redraw one line.
    for (std::size_t end; (end = text.find_first_of("\r\n")) != std::string_view::npos;) {
      unfinished_.append(text.substr(0, end));
      progress.line(unfinished_);
      unfinished_.clear();
      text.remove_prefix(end + 1);
    }
    if (unfinished_.size() < longest_line) unfinished_.append(text);
  }
  if (!to_the_end) return;
  progress.line(unfinished_);
  unfinished_.clear();
}

std::string last_lines(const std::filesystem::path& file, std::size_t count) {
  constexpr std::streamoff most = 2000;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return {};
  in.seekg(std::max<std::streamoff>(0, static_cast<std::streamoff>(in.tellg()) - most));
  std::string text(std::istreambuf_iterator<char>(in), {});
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  std::size_t from = text.size();
  for (; count > 0 && from != std::string::npos && from > 0; --count)
    from = text.find_last_of('\n', from - 1);
  if (from != std::string::npos) text.erase(0, from + (from < text.size() ? 1 : 0));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') c = ' ';
  return valid_utf8(text);
}

}  // namespace leakbisect::load
