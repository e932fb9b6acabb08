#include "base/files.hpp"
#include "base/unix_time.hpp"
#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "hunt/answer/answer.hpp"
#include "hunt/end_search.hpp"
#include "hunt/hunt.hpp"
#include "report/live.hpp"
#include "report/screen.hpp"
#include "subject/open_page.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

#include <unistd.h>

namespace leakbisect::cli {

namespace asio = boost::asio;

namespace {

// As far as the search for a good end has come.
asio::awaitable<void> look_for_end(hunt::Parts parts, hunt::Interrupt& interrupt,
                                   Result<report::Model>& model) {
  auto searched = co_await hunt::search_good_end(parts, interrupt);
  if (searched)
    model = std::move(searched->model);
  else
    model = searched.error();
}

// The model as the journal has it now: the hunt itself, replayed without running anything.
Result<report::Model> model_of(const std::filesystem::path& directory) {
  auto journal = hunt::Journal::open_read_only(directory);
  if (!journal) return journal.error();
  const hunt::Header& header = (*journal)->header();
  auto file = hunt::hunt_as_begun(header);
  if (!file) return file.error();
  if (const auto& found = (*journal)->found_end()) *file = hunt::between(std::move(*file), *found);
  auto source = units::make_unit_source(*file);
  if (!source) return source.error();
  const std::string why = hunt::other_units(header, (*source)->space().names);
  if (!(*journal)->found_end() && !why.empty())
    return fail("{}: put them back to have the report made anew", why);
  const auto terminal = report::make_terminal(report::Style::quiet);
  const trial::Setup setup{&*file, source->get(), nullptr, std::filesystem::absolute(directory)};
  const auto nobody = [](const trial::Plan&, const trial::Step&) {};
  const auto executor = executor::make_executor(setup, header.jobs, nobody);
  asio::io_context io(1);
  hunt::Interrupt interrupt;
  Result<report::Model> model = fail("internal error: the hunt was not replayed");
  // The rate is lowered again where the hunt lowered it: so its trials come in the same order.
  config::HttpLoad* const load = http_load_of(*file);
  if (const auto& noted = (*journal)->noted_rate(); noted && load != nullptr)
    load->rate = noted->rate;
  const hunt::Parts parts{
      *file, **source, *executor, **journal, *terminal, std::filesystem::absolute(directory), load};
  if (hunt::lacks_good_end(*file))
    asio::co_spawn(io, look_for_end(parts, interrupt, model), asio::detached);
  else
    asio::co_spawn(io, run_hunt(parts, interrupt, model), asio::detached);
  io.run();
  return model;
}

// What runs and is not in the journal yet.
std::vector<report::LiveTrial> running_now(const std::filesystem::path& directory,
                                           const report::Model& model) {
  auto live = report::read_live(directory);
  std::erase_if(live, [&](const report::LiveTrial& each) {
    return std::ranges::any_of(model.trials, [&](const auto& done) { return done.id == each.id; });
  });
  return live;
}

// report.json with the key "now".
std::string with_live(const std::string& report, const std::vector<report::LiveTrial>& live) {
  auto object = nlohmann::json::parse(report);
  object["now"] = nlohmann::json::array();
  for (const report::LiveTrial& each : live)
    object["now"].push_back(report::live_json(each, unix_time()));
  return object.dump(2) + "\n";
}

// What was hunted is there no more: the hunt cannot be replayed, but its last report is there. Of a
// folder without a whole journal nothing is told.
int last_reported(const StatusOptions& options, const Error& why) {
  if (!hunt::Journal::open_read_only(options.directory)) return complain(why, exit_usage);
  const auto text = read_file(options.directory / (options.json ? "report.json" : "report.txt"));
  if (!text) return complain(why, exit_usage);
  fmt::print(stderr, "leakbisect: {}; this is the report as it was written last\n", why.message);
  fmt::print("{}", *text);
  return 0;
}

// A browser is a convenience: where there is none, the path is said.
void show_page(const std::filesystem::path& directory) {
  const auto page = directory / "report.html";
  if (const auto opened = subject::open_page(page); !opened)
    fmt::print(stderr, "leakbisect: {}\n", opened.error().message);
}

int tell_status(const StatusOptions& options) {
  // Looked at first: a hunt that ends in between is told as running, and never the other way round.
  const bool is_running = hunt::Journal::is_in_use(options.directory);
  auto model = model_of(options.directory);
  if (!model && !is_running) return last_reported(options, model.error());
  if (!model) return complain(model.error(), exit_usage);
  if (is_running && report::traits(model->result).is_open) hunt::conclude_running(*model);
  const std::string json = report::to_json_text(*model);
  if (options.report && is_running)
    fmt::print(stderr, "leakbisect: the hunt is running and keeps its report up to date itself\n");
  if (options.report && !is_running) {
    const auto page = write_atomic(options.directory / "report.html", report::to_html(*model));
    const auto data = write_atomic(options.directory / "report.json", json);
    const auto text = write_atomic(options.directory / "report.txt", report::to_text(*model));
    const auto paste = write_atomic(options.directory / "report.md", report::to_markdown(*model));
    for (const auto& written : {page, data, text, paste})
      if (!written) return complain(written.error(), 1);
  }
  const auto live =
      is_running ? running_now(options.directory, *model) : std::vector<report::LiveTrial>();
  fmt::print("{}", options.json ? with_live(json, live)
                                : report::to_text(*model, report::width_of(STDOUT_FILENO)));
  if (!options.json)
    for (const report::LiveTrial& each : live)
      fmt::print("  {:<12} {}\n", "now", report::live_line(each, unix_time()));
  return 0;
}

}  // namespace

int status(const StatusOptions& options) {
  const int code = tell_status(options);
  if (code == 0 && options.open) show_page(options.directory);
  return code;
}

}  // namespace leakbisect::cli
