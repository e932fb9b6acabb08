#pragma once

// Asks about each guess that a hunt depends on. Knows no terminal: lines in, lines out.

#include "init/choices.hpp"
#include "init/draft.hpp"

#include <iosfwd>

namespace leakbisect::init {

/// An empty line keeps a guess, "-" takes it away, anything else stands instead. Where the input
/// ends, what is left is kept.
void interview(std::istream& in, std::ostream& out, Draft& draft, Choices& choices);

}  // namespace leakbisect::init
