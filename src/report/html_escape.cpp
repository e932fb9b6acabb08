#include "report/html_escape.hpp"

#include "report/terminal.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace leakbisect::report {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_html_lines(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (at > 0) out += '\n';
    out += escape_html(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string script_json(const nlohmann::json& object) {
  using nlohmann::json;
  std::string out;
  for (const char c : object.dump(-1, ' ', true, json::error_handler_t::replace)) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += c;
    }
  }
  return out;
}

bool is_link_name(std::string_view id) {
  constexpr std::string_view safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !id.empty() && id.front() != '.' && id.find_first_not_of(safe) == std::string_view::npos;
}

}  // namespace leakbisect::report
