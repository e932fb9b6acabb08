#pragma once

// The report's page, made live: the same text with a bar above it that says what runs now, and a
// script that hears of changes. Its policy lets that script ask this site, and nothing else.

#include <string>
#include <string_view>

namespace leakbisect::report {

struct LivePage {
  std::string text;
  std::string policy;  ///< to be sent beside it: what a page cannot say of itself
};

/// `report` as to_html() wrote it; `tag` names this version of it. One of another leakbisect is
/// shown as it is, and does not change by itself.
LivePage live_page(std::string_view report, std::string_view tag);

/// What is shown before there is a report.
LivePage waiting_page();

}  // namespace leakbisect::report
