#include "cli/assemble.hpp"

#include "base/files.hpp"
#include "base/private_folder.hpp"
#include "config/parse.hpp"
#include "hunt/end_search.hpp"
#include "hunt/exec/make_strategy.hpp"
#include "report/lines.hpp"
#include "report/live.hpp"
#include "strategies/strategy.hpp"
#include "subject/keeper.hpp"
#include "subject/process.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>

#include <unistd.h>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

int complain(const Error& error, int code) {
  fmt::print(stderr, "leakbisect: {}\n", error.message);
  return code;
}

namespace {

// Builds are named by their content, so hunts can share them.
fs::path build_cache_folder(const config::HuntFile& hunt, const fs::path& directory) {
  const auto user = cache_home();
  if (!hunt.limits.share_builds || !user) return directory / "cache";
  std::error_code failed;
  const fs::path shared = *user / "leakbisect" / "builds";
  fs::create_directories(shared, failed);
  return failed || ::access(shared.c_str(), W_OK) != 0 ? directory / "cache" : shared;
}

// A ctrl-C between the making of a temporary folder and its keeper's start waits.
class SignalsWait {
 public:
  SignalsWait() {
    ::sigset_t ends;
    ::sigemptyset(&ends);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ends, signal);
    ::pthread_sigmask(SIG_BLOCK, &ends, &before_);
  }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;
  ~SignalsWait() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  ::sigset_t before_{};
};

// The folder, given or temporary, and the keeper who sees to it.
Result<> settle_in(Assembly& assembly, const fs::path& given) {
  using Keeps = subject::Keeper::Folder;
  const SignalsWait until_it_is_kept;
  auto made = given.empty() ? make_temporary_folder("trial") : make_private_folder(given);
  if (!made) return made.error();
  assembly.directory = *made;
  auto keeper = subject::Keeper::start(*made, given.empty() ? Keeps::removed : Keeps::left);
  if (!keeper) return keeper.error();
  assembly.keeper = std::move(*keeper);
  if (const auto state = make_private_folder(*made / "state"); !state) return state.error();
  return {};
}

}  // namespace

Result<std::unique_ptr<Assembly>> assemble(config::HuntFile hunt, const fs::path& directory,
                                           int jobs, bool quiet) {
  const bool is_fix = hunt.search.find == config::Find::fix;
  if (is_fix && std::holds_alternative<config::RouteUnits>(hunt.units))
    return fail(
        "what ended a leak is looked for among commits, versions or components: routes that are "
        "requested can only add to it");
  if (is_fix && hunt::lacks_good_end(hunt))
    return fail(
        "units.git.old is missing: a hunt for what ended the leak begins at a commit that leaks");
  auto source = units::make_unit_source(hunt);
  if (!source) return config::placed(hunt.file, source.error());
  return assemble_with(std::move(hunt), std::move(*source), directory, jobs, quiet);
}

Result<std::unique_ptr<Assembly>> assemble_with(config::HuntFile hunt,
                                                std::unique_ptr<units::UnitSource> source,
                                                const fs::path& directory, int jobs, bool quiet) {
  auto assembly = std::make_unique<Assembly>();
  assembly->hunt = std::move(hunt);
  if (const auto settled = settle_in(*assembly, directory); !settled) return settled.error();
  const int ended = subject::sweep_stale(assembly->directory / "state");
  assembly->source = std::move(source);
  assembly->cache = std::make_unique<units::BuildCache>(
      build_cache_folder(assembly->hunt, assembly->directory), assembly->hunt.limits.cache_bytes);
  assembly->terminal =
      report::make_terminal(quiet ? report::Style::quiet : report::Style::automatic);
  if (ended > 0)
    assembly->terminal->note(fmt::format("ended {} processes that an earlier run left", ended));
  trial::Setup setup{&assembly->hunt, assembly->source.get(), assembly->cache.get(),
                     assembly->directory};
  if (assembly->hunt.subject)
    setup.trust = std::make_shared<trial::BuildTrust>(assembly->hunt.subject->build_mode);
  assembly->trust = setup.trust;
  const auto progress = [terminal = assembly->terminal.get(), source_ptr = assembly->source.get(),
                         board = std::make_shared<report::LiveBoard>(assembly->directory)](
                            const trial::Plan& plan, const trial::Step& step) {
    const units::UnitSource& used = plan.source != nullptr ? *plan.source : *source_ptr;
    const report::Progress now{plan.id,
                               units::describe(used, plan.configuration),
                               step.name,
                               step.seconds,
                               step.requests,
                               step.decision,
                               std::string(trial::build_kind_name(step.build)),
                               std::string(report::phase_words(plan.purpose))};
    board->note(now, plan.why);
    terminal->progress(now);
  };
  assembly->executor = executor::make_executor(setup, jobs, progress);
  return assembly;
}

Result<std::unique_ptr<hunt::Journal>> open_or_create(const Assembly& assembly) {
  const auto header = header_of(assembly, 1);
  if (!header) return header.error();
  if (!fs::exists(assembly.directory / "journal.jsonl"))
    return hunt::Journal::create(assembly.directory, *header);
  auto journal = hunt::Journal::open(assembly.directory);
  if (!journal) return journal;
  const hunt::Header& kept = (*journal)->header();
  if (kept.hunt_text != header->hunt_text || kept.space_digest != header->space_digest ||
      kept.find != header->find)
    return fail(
        "{} keeps the controls of another hunt file or another range: choose another --out, "
        "or remove it",
        assembly.directory.string());
  return journal;
}

Result<hunt::Header> header_of(const Assembly& assembly, int jobs) {
  const config::HuntFile& file = assembly.hunt;
  const auto text = read_file(file.file);
  if (!text) return text.error();
  hunt::Header header;
  header.hunt_file = file.file.string();
  header.hunt_text = *text;
  header.strategy = file.search.strategy == "auto"
                        ? strategies::default_strategy(assembly.source->space()).name
                        : file.search.strategy;
  header.find = file.search.find;
  header.seed = file.search.seed;
  header.confidence = file.search.confidence;
  header.budget_s = file.limits.budget_s;
  header.jobs = jobs;
  header.drill = file.search.drill;
  header.others = file.search.others;
  const auto ends = units::pinned_ends(file);
  if (!ends) return config::placed(file.file, ends.error());
  header.ends = *ends;
  if (ends->bad.empty()) header.units = assembly.source->space().names;
  header.space_digest = hunt::digest_of(assembly.source->space().names);
  header.tool = LEAKBISECT_VERSION;
  if (auto checked = hunt::check_strategy(header.strategy, assembly.source->space()); !checked)
    return checked.error();
  return header;
}

asio::awaitable<void> run_hunt(hunt::Parts parts, hunt::Interrupt& interrupt,
                               Result<report::Model>& model) {
  model = co_await hunt::hunt(parts, interrupt);
}

namespace {

asio::awaitable<void> watch_signals(asio::signal_set& signals, std::function<void()> on_signal) {
  co_await signals.async_wait(asio::use_awaitable);
  fmt::print(stderr, "\nstopping cleanly; once more to stop at once\n");
  on_signal();
  co_await signals.async_wait(asio::use_awaitable);
  std::_Exit(130);  // the sweep of the next start ends what is left
}

}  // namespace

void run_with_signals(asio::io_context& io, asio::awaitable<void> work,
                      std::function<void()> on_signal, asio::cancellation_slot slot) {
  asio::signal_set signals(io, SIGINT, SIGTERM, SIGHUP);
  asio::co_spawn(io, watch_signals(signals, std::move(on_signal)),
                 [](const std::exception_ptr&) {});
  std::exception_ptr failed;
  const auto ended = [&](const std::exception_ptr& error) {
    failed = error;
    io.stop();
  };
  asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(slot, ended));
  io.run();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace leakbisect::cli
