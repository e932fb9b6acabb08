#include "report/watch_page.hpp"

#include "report/assets.hpp"
#include "report/html_escape.hpp"
#include "report/html_parts.hpp"

#include <fmt/format.h>

namespace leakbisect::report {
namespace {

constexpr std::string_view style =
    "#live{position:sticky;top:0;z-index:9;padding:8px 24px;background:var(--grey-ground);"
    "border-bottom:1px solid var(--line);font-size:13px}"
    "#live p{max-width:1032px;margin:0 auto}#live b{margin-right:8px}"
    "#live.stopped,#live.lost{background:var(--warn-ground);color:var(--warn)}"
    "@media print{#live{display:none}}";

std::string bar(std::string_view tag) {
  return fmt::format(
      "<aside id=\"live\" aria-label=\"What runs now\" data-report=\"{}\"><p><b id=\"live-state\" "
      "role=\"status\">Connecting</b><span id=\"live-trials\"></span></p></aside>\n",
      escape_html(tag));
}

std::string script() {
  return fmt::format("<script>{}</script>\n", watch_script().text);
}

// The header can say what a page cannot: that it stands in nobody's frame.
std::string header_policy() {
  return live_policy() + "; frame-ancestors 'none'";
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string_view::npos) return "";
  return fmt::format("{}{}{}", text.substr(0, at), to, text.substr(at + from.size()));
}

}  // namespace

LivePage live_page(std::string_view report, std::string_view tag) {
  const std::string as_it_is(report);
  std::string page = replaced(report, page_policy(), live_policy());
  page = replaced(page, "</head>\n<body>\n",
                  fmt::format("<style>{}</style></head>\n<body>\n{}", style, bar(tag)));
  const auto end = page.rfind("</body>");
  if (end == std::string::npos)
    return {as_it_is, "default-src 'none'; style-src 'unsafe-inline'; sandbox"};
  page.insert(end, script());
  return {page, header_policy()};
}

LivePage waiting_page() {
  const std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>leakbisect: no trial has ended yet</title>\n<style>{}{}</style></head>\n<body>\n{}"
      "<main><header><p class=\"brand\">leakbisect</p><h1>No trial has ended yet. The report comes "
      "with the first.</h1></header></main>\n{}</body>\n</html>\n",
      live_policy(), page_style().text, style, bar(""), script());
  return {page, header_policy()};
}

}  // namespace leakbisect::report
