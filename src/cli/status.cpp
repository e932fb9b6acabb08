#include "base/files.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "config/parse.hpp"
#include "hunt/answer.hpp"
#include "hunt/hunt.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace leakbisect::cli {

namespace asio = boost::asio;

namespace {

// The model as the journal has it now: the hunt itself, replayed without running anything.
Result<report::Model> model_of(const std::filesystem::path& directory) {
  auto journal = hunt::Journal::open_read_only(directory);
  if (!journal) return journal.error();
  const hunt::Header& header = (*journal)->header();
  auto file = config::parse_hunt(header.hunt_text, header.hunt_file);
  if (!file) return file.error();
  auto source = units::make_unit_source(*file);
  if (!source) return source.error();
  file->search.drill = header.drill;
  file->search.others = header.others;
  file->search.strategy = header.strategy;
  const auto terminal = report::make_terminal(report::Style::quiet);
  const trial::Setup setup{&*file, source->get(), nullptr, std::filesystem::absolute(directory)};
  const auto nobody = [](const trial::Plan&, const trial::Step&) {};
  const auto executor = file->oracle ? executor::make_oracle_executor(setup, header.jobs, nobody)
                                     : executor::make_local_executor(setup, header.jobs, nobody);
  asio::io_context io(1);
  hunt::Interrupt interrupt;
  Result<report::Model> model = fail("internal error: the hunt was not replayed");
  const hunt::Parts parts{*file,     **source,  *executor,
                          **journal, *terminal, std::filesystem::absolute(directory)};
  asio::co_spawn(io, run_hunt(parts, interrupt, model), asio::detached);
  io.run();
  return model;
}

}  // namespace

int status(const StatusOptions& options) {
  // Looked at first: a hunt that ends in between is told as running, and never the other way round.
  const bool is_running = hunt::Journal::is_in_use(options.directory);
  auto model = model_of(options.directory);
  if (!model) return complain(model.error(), exit_usage);
  const bool is_open = model->result == "interrupted" || model->result == "budget";
  if (is_running && is_open) hunt::conclude_running(*model);
  const std::string json = report::to_json_text(*model);
  if (options.report && is_running)
    fmt::print(stderr, "leakbisect: the hunt is running and keeps its report up to date itself\n");
  if (options.report && !is_running) {
    const auto page = write_atomic(options.directory / "report.html", report::to_html(*model));
    const auto data = write_atomic(options.directory / "report.json", json);
    if (!page || !data) return complain(page ? data.error() : page.error(), 1);
  }
  fmt::print("{}", options.json ? json : report::to_text(*model));
  return 0;
}

}  // namespace leakbisect::cli
