#include "cli/options_shell.hpp"

#include <CLI/CLI.hpp>

namespace leakbisect::cli {

void add_completion(CLI::App& app, CompletionOptions& o) {
  app.add_option("SHELL", o.shell, "whose script is printed")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

}  // namespace leakbisect::cli
