#pragma once

// Whether a text has these words, for checks that read well: `CHECK(says(sentence, "per
// request"))`.

#include <string_view>

namespace leakbisect::test {

inline bool says(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

}  // namespace leakbisect::test
