// `leakbisect check`: everything that can be known before the night. Prints one line a point; exit
// 0 when the hunt can begin, 5 when it cannot.

#include "base/quantity.hpp"
#include "cli/assemble.hpp"
#include "cli/check_commands.hpp"
#include "cli/check_trials.hpp"
#include "cli/commands.hpp"
#include "cli/points.hpp"
#include "cli/settle_both.hpp"
#include "config/parse.hpp"
#include "hunt/end_search.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "strategies/strategy.hpp"
#include "units/components/switch_effects.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::cli {

namespace fs = std::filesystem;

namespace {

void check_disk(Points& points, const fs::path& directory) {
  std::error_code failed;
  const auto space = fs::space(directory, failed);
  if (failed) return points.problem("disk", failed.message());
  const auto free = static_cast<double>(space.available);
  const std::string text = format_bytes(free) + " free in " + directory.string();
  if (free < 512.0 * 1024 * 1024)
    points.problem("disk", text + ": slots, builds and logs need more");
  else
    points.ok("disk", text);
}

void check_units(Points& points, const Assembly& assembly) {
  const strategies::SearchSpace& space = assembly.source->space();
  const std::string first =
      space.size() > 0 ? assembly.source->describe(static_cast<strategies::UnitIndex>(0)) : "";
  if (hunt::lacks_good_end(assembly.hunt))
    points.ok("units", fmt::format("no good end is named: {} older commits may be it, the oldest: "
                                   "{}",
                                   space.size() - 1, first));
  else
    points.ok("units", fmt::format("{}, the first: {}{}", space.size(), first,
                                   space.size() == 1 ? "; of one unit the hunt says whether it "
                                                       "leaks and how much, with proof, and "
                                                       "not what else does"
                                                     : ""));
  for (const std::string& warning : assembly.source->warnings()) points.warn("units", warning);
  const std::string& asked = assembly.hunt.search.strategy;
  const std::string name = asked == "auto" ? strategies::default_strategy(space).name : asked;
  const auto checked = hunt::check_strategy(name, space);
  if (checked)
    points.ok("strategy", name);
  else
    points.problem("strategy",
                   fmt::format("{}: {}", config::where(assembly.hunt.file, "/search/strategy"),
                               checked.error().message));
  for (const units::Doubt& doubt : units::doubtful_switches(assembly.hunt))
    points.warn("switch",
                fmt::format("{}: {}", config::where(assembly.hunt.file, doubt.path), doubt.text));
}

void check_settle(Points& points, Assembly& assembly) {
  const auto found = compare_settle(assembly);
  if (!found) return points.warn("settle", found.error().message);
  if (found->is_same) return points.ok("settle", found->sentence);
  points.warn("settle", found->sentence + "; hunt without them too (memory.settle \"off\")");
}

}  // namespace

int check(const CheckOptions& options) {
  auto hunt = config::load_hunt(options.hunt_file);
  if (!hunt) return complain(hunt.error(), exit_usage);
  if (options.fix) hunt->search.find = config::Find::fix;
  Points points;
  points.ok("file", hunt->file.string());
  check_commands(points, *hunt, !options.no_trial);
  hunt::Interrupt interrupt;
  auto assembly = assemble(std::move(*hunt), {}, 1, true);
  if (!assembly) {
    points.problem("units", assembly.error().message);
  } else {
    check_units(points, **assembly);
    check_disk(points, fs::current_path());
    if (!options.no_trial && !points.failed()) check_trials(points, **assembly, interrupt);
    if (!options.settle.empty() && !points.failed()) check_settle(points, **assembly);
  }
  points.print(options.json);
  if (interrupt.raised()) return exit_interrupted;
  if (assembly && points.failed()) (*assembly)->keeper->leave_folder();  // logs to be read
  return points.failed() ? exit_untestable : 0;
}

}  // namespace leakbisect::cli
