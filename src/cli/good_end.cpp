#include "cli/assemble.hpp"
#include "hunt/end_search.hpp"

namespace leakbisect::cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> search_end(hunt::Parts parts, hunt::Interrupt& interrupt,
                                 Result<hunt::EndSearched>& searched) {
  searched = co_await hunt::search_good_end(parts, interrupt);
}

}  // namespace

Result<std::optional<report::Model>> settle_good_end(std::unique_ptr<Assembly>& assembly,
                                                     hunt::Journal& journal, bool quiet,
                                                     hunt::Interrupt& interrupt) {
  if (!hunt::lacks_good_end(assembly->hunt)) return std::optional<report::Model>{};
  if (!journal.found_end()) {
    asio::io_context io(1);
    Result<hunt::EndSearched> searched = fail("internal error: no good end was looked for");
    const hunt::Parts parts{
        assembly->hunt,      *assembly->source,   *assembly->executor,         journal,
        *assembly->terminal, assembly->directory, http_load_of(assembly->hunt)};
    run_with_signals(io, search_end(parts, interrupt, searched), [&] { interrupt.raise(); });
    if (!searched) return searched.error();
    if (!searched->found) return std::optional(std::move(searched->model));
  }
  config::HuntFile hunt = hunt::between(assembly->hunt, *journal.found_end());
  const std::filesystem::path directory = assembly->directory;
  assembly->terminal->close();
  assembly.reset();
  auto anew = assemble(std::move(hunt), directory, journal.header().jobs, quiet);
  if (!anew) return anew.error();
  assembly = std::move(*anew);
  return std::optional<report::Model>{};
}

Result<> require_good_end(const config::HuntFile& hunt) {
  if (!hunt::lacks_good_end(hunt)) return {};
  return fail(
      "units.git.good is missing: this command needs both ends; `leakbisect run` looks for a good "
      "end first, and `leakbisect measure --alone` needs none");
}

}  // namespace leakbisect::cli
