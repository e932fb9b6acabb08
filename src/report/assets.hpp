#pragma once

// Files carried inside the binary, put there by the assembler (see CMakeLists.txt).

#include <string>
#include <string_view>

namespace leakbisect::report {

struct Asset {
  std::string_view text;
  std::string_view sha256;  ///< of the text, in hexadecimal digits
};

Asset dygraphs_script();
Asset dygraphs_style();
Asset page_script();
Asset page_style();
Asset watch_script();

/// "'sha256-...'": the source expression that lets exactly this text run under a
/// Content-Security-Policy.
std::string policy_source(const Asset& asset);

}  // namespace leakbisect::report
