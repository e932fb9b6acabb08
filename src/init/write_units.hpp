#pragma once

// Parts of the hunt file's text that stand on their own: requests, and the units that are searched
// with the other possible ones as comments.

#include "init/choices.hpp"
#include "init/draft.hpp"

#include <string>

namespace leakbisect::init {

/// JSON on one line as a person writes it, with a space after each comma and colon.
std::string spaced(const nlohmann::json& json);

/// `text` without line breaks and other control characters: it may stand in a comment.
std::string one_line(const std::string& text);

/// A request as the hunt file has it, without what is the default.
nlohmann::ordered_json request_json(const config::HttpRequest& request);
std::string in_order(const nlohmann::ordered_json& json);

/// The section "units", and the kinds that are possible beside it as comments.
std::string units_text(const Draft& draft, const Choices& choices);

}  // namespace leakbisect::init
