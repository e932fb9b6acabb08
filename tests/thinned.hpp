#pragma once

// A sanitizer makes minutes of seconds: where a test tries the same thing at every place, a part of
// the places will do there.

#include <cstddef>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

namespace leakbisect::test {

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// From one place to the next.
inline constexpr std::size_t stride = is_sanitized ? 6 : 1;

}  // namespace leakbisect::test
