#pragma once

// UTF-8 as it comes from repositories, servers and file systems: mostly right, sometimes not.

#include <string>
#include <string_view>

namespace leakbisect {

/// What stands in for bytes that are not UTF-8.
inline constexpr char32_t replacement_character = 0xFFFD;

/// Takes the first code point off the front of `text`, which is not empty. A byte that begins no
/// whole, shortest-form code point counts as one replacement character.
char32_t take_code_point(std::string_view& text);

/// Appends one code point.
void append_utf8(std::string& out, char32_t code_point);

/// `text` with each wrong byte replaced, so that it may go into JSON.
std::string valid_utf8(std::string_view text);

}  // namespace leakbisect
