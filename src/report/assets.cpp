#include "report/assets.hpp"

#include <algorithm>
#include <cstdint>

extern "C" {
extern const char lb_dygraphs_js_begin[], lb_dygraphs_js_end[];
extern const char lb_dygraphs_css_begin[], lb_dygraphs_css_end[];
extern const char lb_page_js_begin[], lb_page_js_end[];
extern const char lb_page_css_begin[], lb_page_css_end[];
extern const char lb_watch_js_begin[], lb_watch_js_end[];
}

namespace leakbisect::report {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::uint32_t digit(char c) {
  return static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

// Base64 of the bytes that `hex` spells.
std::string base64_of_hex(std::string_view hex) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 6) {
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 6; ++i)
      bits = bits << 4 | (at + i < hex.size() ? digit(hex[at + i]) : 0);
    const std::size_t bytes = std::min<std::size_t>(3, (hex.size() - at) / 2);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= bytes ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

}  // namespace

Asset dygraphs_script() {
  return {between(lb_dygraphs_js_begin, lb_dygraphs_js_end), LB_SHA256_DYGRAPHS_JS};
}
Asset dygraphs_style() {
  return {between(lb_dygraphs_css_begin, lb_dygraphs_css_end), LB_SHA256_DYGRAPHS_CSS};
}
Asset page_script() {
  return {between(lb_page_js_begin, lb_page_js_end), LB_SHA256_PAGE_JS};
}
Asset page_style() {
  return {between(lb_page_css_begin, lb_page_css_end), LB_SHA256_PAGE_CSS};
}
Asset watch_script() {
  return {between(lb_watch_js_begin, lb_watch_js_end), LB_SHA256_WATCH_JS};
}

std::string policy_source(const Asset& asset) {
  return "'sha256-" + base64_of_hex(asset.sha256) + "'";
}

}  // namespace leakbisect::report
