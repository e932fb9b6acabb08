#include "base/utf8.hpp"
#include "report/terminal.hpp"

#include <algorithm>
#include <array>

namespace leakbisect::report {
namespace {

constexpr char32_t escape = 0x1B;

struct Range {
  char32_t first, last;
};

// Marks that reorder or hide text: bidi controls, zero-width characters, separators, tags.
constexpr std::array<Range, 10> invisible{{{0x061C, 0x061C},
                                           {0x180E, 0x180E},
                                           {0x200B, 0x200F},
                                           {0x2028, 0x202E},
                                           {0x2060, 0x206F},
                                           {0xFE00, 0xFE0F},
                                           {0xFEFF, 0xFEFF},
                                           {0xFFF9, 0xFFFB},
                                           {0xE0000, 0xE0FFF},
                                           {0xFDD0, 0xFDEF}}};

constexpr std::array<Range, 6> combining{{{0x0300, 0x036F},
                                          {0x0483, 0x0489},
                                          {0x0591, 0x05BD},
                                          {0x064B, 0x065F},
                                          {0x1AB0, 0x1AFF},
                                          {0x20D0, 0x20FF}}};

// East Asian wide and emoji blocks, as terminals draw them.
constexpr std::array<Range, 9> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0x303E},
                                     {0x3041, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};

template <std::size_t n>
bool among(const std::array<Range, n>& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return code >= range.first && code <= range.last; });
}

bool is_space(char32_t code) {
  return code == '\t' || code == '\n' || code == '\v' || code == '\f' || code == '\r' ||
         code == 0x85 || code == 0x2028 || code == 0x2029;
}

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

// Skips to the end of a control string (OSC, DCS, ...): BEL, ST, or the end of the line, so that an
// open one cannot hide the lines that follow.
void skip_string(std::string_view& text) {
  while (!text.empty()) {
    if (is_space(static_cast<unsigned char>(text.front()))) return;
    const char32_t code = take_code_point(text);
    if (code == 0x07 || code == 0x9C) return;
    if (code != escape) continue;
    if (!text.empty() && text.front() == '\\') text.remove_prefix(1);
    return;
  }
}

// ECMA-48: parameter and intermediate bytes, then one final byte.
void skip_control_sequence(std::string_view& text) {
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x20 || byte > 0x7E) return;
    text.remove_prefix(1);
    if (byte >= 0x40) return;
  }
}

// `introducer` is what follows ESC, or the C1 control it stands for.
void skip_sequence(std::string_view& text, char32_t introducer) {
  switch (introducer) {
    case '[':
      return skip_control_sequence(text);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
      return skip_string(text);
    default:
      if (introducer >= 0x20 && introducer <= 0x2F)
        while (!text.empty() && text.front() >= 0x20 && text.front() <= 0x7E) {
          const bool last = text.front() >= 0x30;
          text.remove_prefix(1);
          if (last) return;
        }
  }
}

// The next visible code point, 0 when there is none any more. Line breaks become spaces.
char32_t next_visible(std::string_view& text) {
  while (!text.empty()) {
    const char32_t code = take_code_point(text);
    if (is_space(code)) return U' ';
    if (code == escape) {
      if (text.empty()) return 0;
      const auto next = static_cast<unsigned char>(text.front());
      if (next < 0x20 || next > 0x7E) continue;
      text.remove_prefix(1);
      skip_sequence(text, next);
    } else if (code >= 0x80 && code <= 0x9F) {
      skip_sequence(text, code - 0x40);
    } else if (!is_control(code) && !among(invisible, code)) {
      return code;
    }
  }
  return 0;
}

std::size_t columns(char32_t code) {
  return among(combining, code) ? 0 : among(wide, code) ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t used = 0;
  std::size_t cut = 0;  // where to put the ellipsis, should the text not fit
  while (const char32_t code = next_visible(text)) {
    const std::size_t more = columns(code);
    if (width != 0 && used + more > width) return out.substr(0, cut) + "…";
    append_utf8(out, code);
    used += more;
    if (used < width) cut = out.size();
  }
  return out;
}

std::size_t fitting(std::string_view text, std::size_t width) {
  const std::size_t size = text.size();
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t at = size - text.size();
    used += columns(take_code_point(text));
    if (used > width && at > 0) return at;
  }
  return size;
}

std::string shortened(std::string_view text, std::size_t width) {
  const std::size_t all = columns_of(text);
  if (all <= width || width < 3) return std::string(text.substr(0, fitting(text, width)));
  const std::string_view head = text.substr(0, fitting(text, (width - 1) / 2));
  // As many columns as are left go to the end: what stands before them is skipped.
  std::string_view tail = text.substr(head.size());
  const std::size_t left = width - 1 - columns_of(head);
  while (columns_of(tail) > left) take_code_point(tail);
  return std::string(head) + "…" + std::string(tail);
}

std::size_t columns_of(std::string_view text) {
  std::size_t used = 0;
  while (!text.empty()) used += columns(take_code_point(text));
  return used;
}

}  // namespace leakbisect::report
