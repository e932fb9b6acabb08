#include "cli/assemble.hpp"

#include "base/files.hpp"
#include "base/nearest.hpp"
#include "strategies/strategy.hpp"
#include "subject/process.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

int complain(const Error& error, int code) {
  fmt::print(stderr, "leakbisect: {}\n", error.message);
  return code;
}

Result<std::unique_ptr<Assembly>> assemble(config::HuntFile hunt, fs::path directory, int jobs,
                                           bool quiet) {
  auto source = units::make_unit_source(hunt);
  if (!source) return source.error();
  return assemble_with(std::move(hunt), std::move(*source), std::move(directory), jobs, quiet);
}

Result<std::unique_ptr<Assembly>> assemble_with(config::HuntFile hunt,
                                                std::unique_ptr<units::UnitSource> source,
                                                fs::path directory, int jobs, bool quiet) {
  auto assembly = std::make_unique<Assembly>();
  assembly->hunt = std::move(hunt);
  std::error_code failed;
  fs::create_directories(directory / "state", failed);
  if (failed) return fail("cannot make {}: {}", directory.string(), failed.message());
  assembly->directory = fs::canonical(directory, failed);
  const int ended = subject::sweep_stale(assembly->directory / "state");
  assembly->source = std::move(source);
  assembly->cache = std::make_unique<units::BuildCache>(assembly->directory / "cache",
                                                        assembly->hunt.limits.cache_bytes);
  assembly->terminal =
      report::make_terminal(quiet ? report::Style::quiet : report::Style::automatic);
  if (ended > 0)
    assembly->terminal->note(fmt::format("ended {} processes that an earlier run left", ended));
  const trial::Setup setup{&assembly->hunt, assembly->source.get(), assembly->cache.get(),
                           assembly->directory};
  const auto progress = [terminal = assembly->terminal.get(), source_ptr = assembly->source.get()](
                            const trial::Plan& plan, const trial::Step& step) {
    terminal->progress({plan.id, units::describe(*source_ptr, plan.configuration), step.name,
                        step.seconds, step.requests, step.decision});
  };
  if (assembly->hunt.oracle)
    assembly->executor = executor::make_oracle_executor(setup, jobs, progress);
  else if (std::holds_alternative<config::RouteUnits>(assembly->hunt.units))
    assembly->executor = executor::make_routes_executor(setup, progress);
  else
    assembly->executor = executor::make_local_executor(setup, jobs, progress);
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
  if (kept.hunt_text != header->hunt_text || kept.space_digest != header->space_digest)
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
  header.seed = file.search.seed;
  header.confidence = file.search.confidence;
  header.budget_s = file.limits.budget_s;
  header.jobs = jobs;
  header.space_digest = hunt::digest_of(assembly.source->space().names);
  if (auto checked = check_strategy(header.strategy, assembly.source->space()); !checked)
    return checked.error();
  return header;
}

Result<> check_strategy(const std::string& name, const strategies::SearchSpace& space) {
  const strategies::StrategyInfo* info = strategies::find_strategy(name);
  if (info == nullptr) {
    std::vector<std::string> known;
    for (const auto& row : strategies::strategies()) known.push_back(row.name);
    const auto near = nearest(name, known);
    return fail("unknown strategy \"{}\"{}: see `leakbisect strategies`", name,
                near ? fmt::format("; did you mean \"{}\"?", *near) : "");
  }
  if (std::ranges::find(info->shapes, space.shape) != info->shapes.end()) return {};
  return fail("strategy \"{}\" cannot search {}: `leakbisect strategies` says which can", name,
              space.shape == strategies::Shape::history ? "a history" : "components");
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
  asio::co_spawn(io, watch_signals(signals, std::move(on_signal)), [](std::exception_ptr) {});
  std::exception_ptr failed;
  const auto ended = [&](std::exception_ptr error) {
    failed = error;
    io.stop();
  };
  asio::co_spawn(io, std::move(work), asio::bind_cancellation_slot(slot, ended));
  io.run();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace leakbisect::cli
