#include "cli/options_status.hpp"

#include <CLI/CLI.hpp>

namespace leakbisect::cli {

void add_status(CLI::App& app, StatusOptions& o) {
  app.add_option("DIR", o.directory, "the hunt's --out folder")->required();
  app.add_flag("--json", o.json, "print the report's JSON");
}

void add_watch(CLI::App& app, WatchOptions& o) {
  app.add_option("DIR", o.directory, "the hunt's --out folder")->required();
  app.add_flag("--open", o.open, "show it in a browser ($BROWSER, else xdg-open)");
  app.add_option("--port", o.port, "of 127.0.0.1, where the page is (default: one that is free)");
}

void add_report(CLI::App& app, StatusOptions& o) {
  o.report = true;
  add_status(app, o);
  app.add_flag("--open", o.open, "show report.html in a browser ($BROWSER, else xdg-open)");
}

}  // namespace leakbisect::cli
