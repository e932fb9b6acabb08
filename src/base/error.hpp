#pragma once

// One error type for "the environment failed": a file, a repository, /proc, the network.
// A trial that cannot answer is not an error but data (an outcome with its reason), and a bug of
// ours is an assert that says "internal error:".

#include <boost/system/result.hpp>
#include <fmt/format.h>

#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace leakbisect {

/// What failed, why, and what to do next, as one text for a person. Context is added going up. Made
/// by fail() only: a type that a string converts to would make Result<std::string> ambiguous.
struct Error {
  std::string message;

  /// The same error seen from further up: "while CONTEXT: message".
  [[nodiscard]] Error within(std::string_view context) const {
    return {Made{}, fmt::format("{}: {}", context, message)};
  }

  struct Made {};
  Error() = default;  ///< no error; result<void> wants it
  Error(Made, std::string text) : message(std::move(text)) {}
};

/// Prints the message; doctest and Boost's own printers ask for it.
template <class Char, class Traits>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out,
                                             const Error& error) {
  return out << error.message;
}

/// Lets `Result::value()` on an error surface as an exception that `main` prints once.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::runtime_error(error.message);
}

/// A value, or the error that kept us from it. Return `fail("...")` for the error side.
template <class T = void>
using Result = boost::system::result<T, Error>;

/// Builds an error from a format string, as fmt::format does.
template <class... Args>
[[nodiscard]] Error fail(fmt::format_string<Args...> text, Args&&... args) {
  return {Error::Made{}, fmt::format(text, std::forward<Args>(args)...)};
}

}  // namespace leakbisect
