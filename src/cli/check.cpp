// `leakbisect check`: everything that can be known before the night. Prints one line a point; exit
// 0 when the hunt can begin, 5 when it cannot.

#include "base/placeholders.hpp"
#include "base/quantity.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "cli/known_leak.hpp"
#include "cli/points.hpp"
#include "cli/settle_both.hpp"
#include "config/parse.hpp"
#include "hunt/controls.hpp"
#include "hunt/end_search.hpp"
#include "hunt/make_strategy.hpp"
#include "hunt/polarity.hpp"
#include "load/landing.hpp"
#include "strategies/strategy.hpp"
#include "subject/process.hpp"
#include "subject/socket_holders.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr double trial_s = 3;  // of load: enough to see that the server answers

// Where a program would be found: a path as it is, a bare name along PATH.
bool is_runnable(const std::string& program, const fs::path& directory) {
  if (program.find('/') != std::string::npos) {
    const fs::path path = program.front() == '/' ? fs::path(program) : directory / program;
    return ::access(path.c_str(), X_OK) == 0;
  }
  std::string folders = std::getenv("PATH") ? std::getenv("PATH") : "/usr/bin:/bin";
  while (!folders.empty()) {
    const auto colon = folders.find(':');
    if (::access((fs::path(folders.substr(0, colon)) / program).c_str(), X_OK) == 0) return true;
    folders = colon == std::string::npos ? "" : folders.substr(colon + 1);
  }
  return false;
}

void check_command(Points& points, const char* what, const config::Command& command,
                   const fs::path& directory, bool built_first) {
  const std::string& program = command.argv.front();
  if (is_runnable(program, directory))
    points.ok(what, program);
  else if (built_first)
    points.ok(what, program + " (made by the build)");
  else
    points.problem(what, program + ": not found or not executable; install it, or give its path");
}

// A program may be named by the folder that it lies in.
config::Command filled_for_check(const config::HuntFile& hunt, const config::Command& command) {
  const Placeholders values{{"directory", hunt.subject->directory.string()},
                            {"hunt_directory", hunt.file.parent_path().string()}};
  config::Command filled;
  filled.argv.reserve(command.argv.size());
  for (const std::string& word : command.argv) filled.argv.push_back(fill(word, values));
  return filled;
}

void check_commands(Points& points, const config::HuntFile& hunt) {
  if (hunt.oracle) {
    check_command(points, "oracle", hunt.oracle->command, hunt.file.parent_path(), false);
    return;
  }
  const config::Subject& subject = *hunt.subject;
  if (subject.build)
    check_command(points, "build", filled_for_check(hunt, *subject.build), subject.directory,
                  false);
  check_command(points, "start", filled_for_check(hunt, subject.start), subject.directory,
                subject.build.has_value());
  if (const auto* load = std::get_if<config::CommandLoad>(&hunt.load.kind))
    check_command(points, "load", filled_for_check(hunt, load->command), hunt.file.parent_path(),
                  false);
  if (subject.port && !subject::port_is_free(*subject.port))
    points.problem("port", fmt::format("{} is held by {}; end it, or leave out /subject/port",
                                       *subject.port, subject::listeners_on(*subject.port)));
}

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
    points.ok("units", fmt::format("{}, the first: {}", space.size(), first));
  for (const std::string& warning : assembly.source->warnings()) points.warn("units", warning);
  const std::string& asked = assembly.hunt.search.strategy;
  const std::string name = asked == "auto" ? strategies::default_strategy(space).name : asked;
  const auto checked = hunt::check_strategy(name, space);
  if (checked)
    points.ok("strategy", name);
  else
    points.problem("strategy", checked.error().message);
}

// A few seconds of the bad end: does it build, start, answer, stop?
asio::awaitable<void> try_bad_end(Assembly& assembly, trial::Record& record) {
  trial::Plan plan;
  plan.id = "check";
  plan.purpose = trial::Purpose::single;
  plan.configuration = hunt::leaking_end(assembly.source->space(), assembly.hunt.search.find);
  plan.max_load_s = trial_s;
  plan.leak_slope = assembly.hunt.search.smallest_leak;
  plan.look = [](const stats::Series&) { return stats::Decision{}; };
  record = co_await assembly.executor->run(plan);
}

// The rate that was found, or whether the given one holds.
void check_rate(Points& points, Assembly& assembly, const trial::Record& record,
                const std::string& found) {
  const config::HttpLoad* const load = http_load_of(assembly.hunt);
  if (load == nullptr) return;
  const std::string rate = found.empty() ? fmt::format("{:g} requests/s", load->rate) : found;
  if (!load::is_overrun(record.counts)) return points.ok("rate", rate);
  points.warn("rate", fmt::format("{} do not hold: {:.1f} a second were answered; {}", rate,
                                  static_cast<double>(record.counts.answered) / trial_s,
                                  load->rate_fixed ? "load.http.rate_fixed keeps them all the same"
                                                   : "hunts lower it"));
}

// Would a leak of known size be seen?
void check_sight(Points& points, Assembly& assembly) {
  const hunt::KnownLeak leak = see_known_leak(assembly);
  if (leak.is_right())
    points.ok("known leak", leak.sentence);
  else
    points.warn("known leak", leak.sentence);
}

void check_trial(Points& points, Assembly& assembly, hunt::Interrupt& interrupt) {
  const auto settled = settle_rate(assembly, nullptr, interrupt);
  if (!settled) return points.problem("rate", settled.error().message);
  const std::string& found = *settled;
  if (interrupt.raised()) return points.problem("rate", "interrupted");
  trial::Record record;
  asio::io_context io(1);
  asio::cancellation_signal stop;
  run_with_signals(
      io, try_bad_end(assembly, record),
      [&] {
        interrupt.raise();
        stop.emit(asio::cancellation_type::terminal);
      },
      stop.slot());
  assembly.terminal->close();
  if (record.kind != strategies::OutcomeKind::measured)
    return points.problem("trial",
                          fmt::format("{}: {}; logs in {}", record.label, record.reason,
                                      trial::folder_of(assembly.directory, "check").string()));
  if (assembly.hunt.oracle) return points.ok("trial", "the oracle answered");
  points.ok("trial",
            fmt::format("built in {}, {:.0f} requests answered in {:.0f} s, sampling {:.0f} "
                        "us each",
                        format_duration(record.build_seconds), record.requests, trial_s,
                        record.sampling.median_us));
  if (!record.followed.empty())
    points.warn("trial", fmt::format("answered by {}, which is measured too: see that it runs this "
                                     "trial's files",
                                     trial::followed_words(record)));
  for (const std::string& event : record.events) points.warn("trial", event);
  for (const std::string& note : record.load_notes) points.warn("load", note);
  check_rate(points, assembly, record, found);
  check_sight(points, assembly);
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
  check_commands(points, *hunt);
  hunt::Interrupt interrupt;
  auto assembly = assemble(std::move(*hunt), {}, 1, true);
  if (!assembly) {
    points.problem("units", assembly.error().message);
  } else {
    check_units(points, **assembly);
    check_disk(points, fs::current_path());
    if (!options.no_trial && !points.failed()) check_trial(points, **assembly, interrupt);
    if (!options.settle.empty() && !points.failed()) check_settle(points, **assembly);
  }
  points.print(options.json);
  if (interrupt.raised()) return exit_interrupted;
  if (assembly && points.failed()) (*assembly)->keeper->leave_folder();  // logs to be read
  return points.failed() ? exit_untestable : 0;
}

}  // namespace leakbisect::cli
