#pragma once

// A command line as a shell would split it, without running anything; and a word as it is written
// in one.

#include "base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leakbisect {

/// The words: quotes of all three kinds ('...', "...", $'...') taken off, lines joined at "\".
/// Fails where a quote is not closed. Variables stay as they are.
Result<std::vector<std::string>> shell_words(std::string_view line);

/// A text as one word of any shell: as it is where it can be, quoted where it must. Letters, digits
/// and @%+=:,./_- need no quotes, nor do bytes of `plain_too`.
std::string shell_quote(std::string_view word, std::string_view plain_too = "");

}  // namespace leakbisect
