#include "cli/options_init.hpp"

#include "traffic/traffic.hpp"

#include <CLI/CLI.hpp>

namespace leakbisect::cli {

void add_init(CLI::App& app, InitOptions& o) {
  app.add_option("DIR", o.directory, "the project's folder (default: this one)");
  app.add_option("--file", o.file,
                 "name of the hunt file in DIR; - prints it (default: hunt.json)");
  app.add_option("--units", o.units, "what is searched (default: the first that the project has)")
      ->check(CLI::IsMember({"commits", "components", "routes"}));
  for (const traffic::Reader& reader : traffic::readers())
    app.add_option_function<std::vector<std::string>>(
           std::string(reader.option),
           [&o, &reader](const std::vector<std::string>& values) {
             for (const std::string& value : values)
               o.recordings.emplace_back(std::string(reader.option), value);
           },
           "load: " + std::string(reader.help))
        ->expected(1)
        ->allow_extra_args(false)  // what follows is DIR
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name(reader.takes_file ? "FILE" : "COMMAND");
  app.add_flag("--with-secrets", o.with_secrets,
               "keep cookies, authorization, keys and passwords of recorded requests");
  app.add_flag("--yes", o.yes, "take the guesses, ask nothing");
  app.add_flag("--force", o.force, "write over a file that is there");
  app.add_flag("--recipes", o.recipes,
               "only print how parts of ten frameworks are made switchable");
  app.add_flag("--json", o.json, "print the guesses as one JSON object");
}

}  // namespace leakbisect::cli
