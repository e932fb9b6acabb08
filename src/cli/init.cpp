// `leakbisect init`: looks at a project and writes a hunt file for it. Exit 0 when it is ready to
// be checked, 7 when something in it has to be filled in, 2 when nothing could be written.

#include "base/files.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "init/choices.hpp"
#include "init/ecosystem.hpp"
#include "init/interview.hpp"
#include "init/masks.hpp"
#include "init/recipes.hpp"
#include "init/write.hpp"
#include "report/terminal.hpp"
#include "traffic/mix.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <iterator>

#include <unistd.h>

namespace leakbisect::cli {

namespace fs = std::filesystem;

namespace {

struct Found {
  fs::path directory;
  init::Draft draft;
  init::Choices choices;
};

// Requests that were written down somewhere take the place of those that were guessed.
Result<> take_recordings(const InitOptions& options, init::Draft& draft) {
  std::vector<traffic::Seen> seen;
  std::string from;
  for (const auto& [option, value] : options.recordings)
    for (const traffic::Reader& reader : traffic::readers()) {
      if (reader.option != option) continue;
      auto recording = traffic::read_recording(
          reader, value,
          options.with_secrets ? traffic::Secrets::kept : traffic::Secrets::left_out);
      if (!recording) return recording.error();
      std::ranges::move(recording->requests, std::back_inserter(seen));
      std::ranges::move(recording->notes, std::back_inserter(draft.notes));
      const std::string source = reader.takes_file ? value : "curl";
      if (!from.ends_with(source)) from += (from.empty() ? "" : ", ") + source;
    }
  if (seen.empty()) return {};
  traffic::Mix mixed = traffic::mix(seen);
  draft.requests.clear();
  for (config::HttpRequest& request : mixed.requests)
    draft.requests.push_back({std::move(request), from});
  std::ranges::move(mixed.notes, std::back_inserter(draft.notes));
  return {};
}

void tell(const Found& found) {
  for (const init::Said& said : init::summary_of(found.directory, found.draft, found.choices))
    fmt::print("{:<9} {}{}\n", said.what, report::printable(said.value),
               said.why.empty() ? "" : "   <- " + report::printable(said.why));
  for (const std::string& also : found.draft.also)
    fmt::print("{:<9} {}\n", "also seen", report::printable(also));
  for (const std::string& note : found.draft.notes)
    fmt::print("{:<9} {}\n", "note", report::printable(note));
}

void print_json(const Found& found, const fs::path& file, bool is_complete) {
  nlohmann::json guesses = nlohmann::json::array();
  for (const init::Said& said : init::summary_of(found.directory, found.draft, found.choices))
    guesses.push_back({{"what", said.what}, {"value", said.value}, {"why", said.why}});
  const nlohmann::json all{{"file", file.string()},    {"ecosystem", found.draft.ecosystem},
                           {"complete", is_complete},  {"guesses", guesses},
                           {"also", found.draft.also}, {"notes", found.draft.notes}};
  fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

// The kind of units that was asked for, where the project has it.
Result<> take_units(const InitOptions& options, Found& found) {
  if (options.units.empty()) return {};
  for (const auto kind :
       {init::UnitKind::commits, init::UnitKind::components, init::UnitKind::routes})
    if (init::unit_kind_name(kind) == options.units && init::choose(found.choices, kind)) return {};
  std::string possible;
  for (const auto kind : found.choices.possible)
    possible += fmt::format("{}{}", possible.empty() ? "" : ", ", init::unit_kind_name(kind));
  return fail(
      "--units {}: this project has none that could be switched; possible here: {}. init "
      "--recipes says how to make parts switchable",
      options.units, possible);
}

std::string relative_to_here(const fs::path& file) {
  std::error_code failed;
  const auto near = fs::proximate(file, failed);
  return failed || near.empty() ? file.string() : near.string();
}

void tell_next(const Found& found, const fs::path& file) {
  const std::string name = relative_to_here(file);
  if (!init::is_complete(found.draft)) {
    fmt::print(
        "\nwrote {0}: nothing here says how the server starts. Fill in the line marked {1}, "
        "then\n  leakbisect check {0}\n",
        name, init::fill_in);
    return;
  }
  fmt::print(
      "\nwrote {0}. Next:\n  leakbisect check {0}    # is it all right?\n"
      "  leakbisect run {0}      # hunt\n",
      name);
}

}  // namespace

int init(const InitOptions& options) {
  if (options.recipes) {
    fmt::print("{}", init::recipes());
    return 0;
  }
  std::error_code failed;
  if (!fs::is_directory(options.directory, failed))
    return complain(
        fail("{} is no folder: name the folder of your server's files", options.directory.string()),
        exit_usage);
  const fs::path directory = fs::canonical(options.directory, failed);
  const bool to_stdout = options.file == "-";
  const fs::path file = to_stdout ? directory / "hunt.json" : directory / options.file;
  if (!to_stdout && !options.force && fs::exists(fs::symlink_status(file, failed)))
    return complain(fail("{} is there already: --force writes it anew, --file NAME writes another",
                         relative_to_here(file)),
                    exit_usage);
  Found found{directory, init::look_at(directory), {}};
  const init::Project project(found.draft.folder == "." ? directory
                                                        : directory / found.draft.folder);
  init::add_marked_regions(project, found.draft);
  if (const auto taken = take_recordings(options, found.draft); !taken)
    return complain(taken.error(), exit_usage);
  found.choices = init::choose_units(directory, found.draft);
  if (const auto taken = take_units(options, found); !taken)
    return complain(taken.error(), exit_usage);
  if (!options.yes && !options.json && !to_stdout && ::isatty(STDIN_FILENO) == 1 &&
      ::isatty(STDOUT_FILENO) == 1)
    init::interview(std::cin, std::cout, found.draft, found.choices);
  const auto text = init::hunt_text(directory, file, found.draft, found.choices);
  if (!text) return complain(text.error(), 1);
  const bool is_complete = init::is_complete(found.draft);
  if (to_stdout) {
    fmt::print("{}", *text);
    return is_complete ? 0 : exit_to_fill_in;
  }
  if (const auto written = write_atomic(file, *text); !written)
    return complain(written.error(), exit_usage);
  if (options.json) {
    print_json(found, file, is_complete);
  } else {
    tell(found);
    tell_next(found, file);
  }
  return is_complete ? 0 : exit_to_fill_in;
}

}  // namespace leakbisect::cli
