#pragma once

// What the text of a component says about how likely it is to leak: things that outlive the request
// that makes them (timers, listeners, global collections). A prior for the search, never evidence:
// a wrong hint costs a trial, a right one saves several. Knows no language; looks for a few words.

#include <string_view>

namespace leakbisect::units {

/// Weight of a unit whose source is `text`, beside 1 for a unit without any hint.
double hint_weight(std::string_view text);

}  // namespace leakbisect::units
