#pragma once

// Names for contents: equal text, equal name. Used for build keys and cache folders.

#include <string>
#include <string_view>

namespace leakbisect::units {

/// 40 hexadecimal digits that stand for `text` (the name git gives such a blob).
std::string content_hash(std::string_view text);

}  // namespace leakbisect::units
