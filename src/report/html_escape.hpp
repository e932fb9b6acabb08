#pragma once

// The only ways in which text enters the page. Nothing that a repository, a server or a log
// contains can become markup, script, or an address outside the report's folder.

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace leakbisect::report {

/// For element content and quoted attributes: control bytes, escape sequences and marks that
/// reorder text are gone, & < > " ' are references.
std::string escape_html(std::string_view text);

/// As escape_html, with the line breaks kept.
std::string escape_html_lines(std::string_view text);

/// One object for a <script type="application/json"> element: ASCII only, without < > &.
std::string script_json(const nlohmann::json& object);

/// Can `id` be a folder's name in a relative link? Letters, digits, "-", "_" and single dots only.
bool is_link_name(std::string_view id);

}  // namespace leakbisect::report
