#pragma once

// A finding in words: which line, what share of the growth, and what the rest is.

#include "witness/difference.hpp"

#include <string>
#include <vector>

namespace leakbisect::witness {

/// "components/Video.vue:33 (created)"; of a frame without a file its name alone.
std::string frame_words(const Frame& frame);

/// "97 % (91 to 103 %)" of the slope, with about 95 % confidence.
std::string share_words(const Slope& part, const Slope& whole);

/// The answer in one sentence, without a full stop; where there is none, why.
std::string headline(const Finding& finding);

/// The headline, who calls that function, and what the recorder did not see: three at the most.
std::vector<std::string> first_lines(const Finding& finding);

}  // namespace leakbisect::witness
