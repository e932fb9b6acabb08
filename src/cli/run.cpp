#include "base/files.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "cli/notify.hpp"
#include "cli/watching.hpp"
#include "config/parse.hpp"
#include "hunt/hunt.hpp"
#include "report/screen.hpp"

#include <ctime>

#include <unistd.h>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

std::string default_folder() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", std::localtime(&now));
  return std::string("leakbisect-out-") + text;
}

int print_model(const report::Model& model, bool json) {
  fmt::print("{}", json ? report::to_json_text(model)
                        : report::to_text(model, report::width_of(STDOUT_FILENO)));
  return report::traits(model.result).exit;
}

struct Manner {
  bool json = false, quiet = false, witness = true;
};

int run_to_end(std::unique_ptr<Assembly>& assembled, hunt::Journal& journal, const Manner& manner) {
  hunt::Interrupt interrupt;
  if (const auto rate = settle_rate(*assembled, &journal, interrupt); !rate)
    return complain(rate.error(), 1);
  const auto ended = settle_good_end(assembled, journal, manner.quiet, interrupt);
  if (!ended) return complain(ended.error(), 1);
  Assembly& assembly = *assembled;
  if (*ended) {
    assembly.terminal->close();
    const int code = print_model(**ended, manner.json);
    notify_end(assembly.hunt, **ended, assembly.directory);
    return code;
  }
  if (assembly.trust)
    for (const trial::Record& record : journal.finished()) assembly.trust->note(record);
  asio::io_context io(1);
  Result<report::Model> model = fail("internal error: the hunt did not run");
  const hunt::Parts parts{
      assembly.hunt,      *assembly.source,   *assembly.executor,          journal,
      *assembly.terminal, assembly.directory, http_load_of(assembly.hunt), manner.witness};
  run_with_signals(io, run_hunt(parts, interrupt, model), [&] { interrupt.raise(); });
  assembly.terminal->close();
  if (!model) return complain(model.error(), 1);
  const int code = print_model(*model, manner.json);
  notify_end(assembly.hunt, *model, assembly.directory);
  return code;
}

void apply_options(config::HuntFile& hunt, const RunOptions& options) {
  if (options.budget_s) hunt.limits.budget_s = *options.budget_s;
  if (options.confidence) hunt.search.confidence = *options.confidence;
  if (options.jobs) hunt.limits.parallel = *options.jobs;
  hunt.limits.parallel_is_given = hunt.limits.parallel_is_given || options.jobs;
  if (options.strategy) hunt.search.strategy = *options.strategy;
  if (options.seed) hunt.search.seed = *options.seed;
  if (options.fix) hunt.search.find = config::Find::fix;
  if (options.no_drill) hunt.search.drill = false;
  if (options.no_others) hunt.search.others = false;
}

// The hunt file must say what it said when the hunt began.
Result<config::HuntFile> hunt_of(const hunt::Header& header) {
  const auto text = read_file(header.hunt_file);
  if (!text) return text.error().within("the hunt file this hunt began with");
  if (*text != header.hunt_text)
    return fail(
        "{} has changed since this hunt began: put it back, or start a new hunt with another "
        "--out",
        header.hunt_file);
  return hunt::hunt_as_begun(header);
}

}  // namespace

int run(const RunOptions& options) {
  auto hunt = config::load_hunt(options.hunt_file);
  if (!hunt) return complain(hunt.error(), exit_usage);
  apply_options(*hunt, options);
  const int jobs = hunt->limits.parallel;
  const fs::path out = options.out.empty() ? fs::path(default_folder()) : options.out;
  if (fs::exists(out / "journal.jsonl"))
    return complain(fail("{} holds a hunt already: go on with `leakbisect resume {}`, or choose "
                         "another --out",
                         out.string(), out.string()),
                    exit_usage);
  auto assembly = assemble(std::move(*hunt), out, jobs, options.quiet);
  if (!assembly) return complain(assembly.error(), exit_usage);
  const auto header = header_of(**assembly, jobs);
  if (!header) return complain(header.error(), exit_usage);
  auto journal = hunt::Journal::create((*assembly)->directory, *header);
  if (!journal) return complain(journal.error(), exit_usage);
  std::optional<Watching> watching;
  if (options.watch) watching.emplace((*assembly)->directory);
  return run_to_end(*assembly, **journal, {options.json, options.quiet, !options.no_witness});
}

int resume(const ResumeOptions& options) {
  auto journal = hunt::Journal::open(options.directory);
  if (!journal) return complain(journal.error(), exit_usage);
  if (options.budget_s) (*journal)->extend_budget(*options.budget_s);
  const hunt::Header& header = (*journal)->header();
  auto hunt = hunt_of(header);
  if (!hunt) return complain(hunt.error(), exit_usage);
  auto assembly = assemble(std::move(*hunt), options.directory, header.jobs, options.quiet);
  if (!assembly) return complain(assembly.error(), exit_usage);
  // Between ends that were found, which are named by their ids, the units are always the same.
  const bool is_found = (*journal)->found_end().has_value();
  const std::string why = hunt::other_units(header, (*assembly)->source->space().names);
  if (!is_found && !why.empty())
    return complain(fail("{}: put them back, or start a new hunt with another --out", why),
                    exit_usage);
  // A slot may have been left half written; builds come back from the cache.
  std::error_code ignored;
  fs::remove_all((*assembly)->directory / "slots", ignored);
  std::optional<Watching> watching;
  if (options.watch) watching.emplace((*assembly)->directory);
  return run_to_end(*assembly, **journal, {options.json, options.quiet, !options.no_witness});
}

}  // namespace leakbisect::cli
