#pragma once

// A folder with what hunt files name, and a hunt file in it.

#include "config/parse.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>

namespace leakbisect::config {

struct Sample {
  Sample() {
    char made[] = "/tmp/leakbisect-test-XXXXXX";
    folder = ::mkdtemp(made);
    std::filesystem::create_directories(folder / "app/src");
    std::ofstream(folder / "ads.patch") << "--- a\n+++ b\n";
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
  ~Sample() { std::filesystem::remove_all(folder); }

  [[nodiscard]] Result<HuntFile> parse(std::string_view text) const {
    return parse_hunt(text, folder / "hunt.json");
  }
  /// The messages of a file that must be refused, with "FILE: " taken off every line, and
  /// "FILE:LINE:COLUMN: " where a JSON path follows.
  [[nodiscard]] std::string errors(std::string_view text) const {
    std::string message = placed_errors(text);
    static const std::regex place("(^|\n)[0-9]+:[0-9]+: (?=/|top level: |nested)");
    return std::regex_replace(message, place, "$1");
  }
  /// The same with LINE:COLUMN of every line.
  [[nodiscard]] std::string placed_errors(std::string_view text) const {
    const auto hunt = parse(text);
    if (hunt) return "accepted";
    std::string message = hunt.error().message;
    const std::string prefix = (folder / "hunt.json").string() + ":";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix, at))
      message.erase(at, prefix.size() + (message[at + prefix.size()] == ' ' ? 1 : 0));
    return message;
  }

  std::filesystem::path folder;
};

/// The example of the reference, whole.
inline constexpr std::string_view full_example = R"({
  // the server
  "subject": {"directory": "app", "build": "npm run build", "start": ["node", "server.mjs"],
              "env": {"PORT": "{port}"}, "ready": {"http": "/"},
              "stop": {"signal": "SIGTERM", "grace": "5s"}},
  "load":    {"http": {"rate": 50, "requests": [{"path": "/", "weight": 3},
                                                {"path": "/item/{n}"}]}},
  "memory":  {"metric": "auto", "settle": {"http": "/gc"}}, /* heap and anon */
  "units":   {"components": [
                {"name": "video", "off": {"env": {"VIDEO": "0"}}},
                {"glob": "components/**/*.vue", "off": {"replace": "<template><i/></template>"}},
                {"name": "live item",
                 "off": {"json": {"file": "data/home.json", "set": {"/live": false}}}},
                {"name": "ads", "off": {"mask": {"file": "src/app.js", "region": "ads"}},
                 "needs": ["layout"]}]},
  "search":  {"strategy": "auto", "confidence": 0.99, "smallest_leak": "1KiB/request"},
  "limits":  {"budget": "8h", "trial": "10m", "memory": "4GiB", "parallel": 2}
})";

/// A valid file with one section's value put in; the others are the least that is needed.
inline std::string with(std::string_view section, std::string_view value) {
  std::string subject = R"({"directory": "app", "start": "./server"})";
  std::string units = R"({"git": {"good": "v1"}})";
  std::string more;
  if (section == "subject")
    subject = value;
  else if (section == "units")
    units = value;
  else
    more = fmt::format(R"(, "{}": {})", section, value);
  return fmt::format(R"({{"subject": {}, "units": {}{}}})", subject, units, more);
}

/// The same with a subject's key added.
inline std::string with_subject(std::string_view entries) {
  return with("subject",
              fmt::format(R"({{"directory": "app", "start": "./server", {}}})", entries));
}

/// The same with one component of that "off".
inline std::string with_off(std::string_view off) {
  return with("units", fmt::format(R"({{"components": [{{"name": "a", "off": {}}}]}})", off));
}

/// An oracle's file with these units.
inline std::string with_oracle(std::string_view units) {
  return fmt::format(R"({{"oracle": {{"command": ["test"]}}, "units": {}}})", units);
}

}  // namespace leakbisect::config
