#pragma once

// Puts the rooms together for the commands: hunt file, units, cache, executor, terminal, ctrl-C.

#include "config/hunt_file.hpp"
#include "executor/executor.hpp"
#include "hunt/hunt.hpp"
#include "report/terminal.hpp"
#include "subject/keeper.hpp"
#include "units/slots/build_cache.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace leakbisect::cli {

/// Prints "leakbisect: MESSAGE" on stderr and returns `code`.
int complain(const Error& error, int code);

/// A hunt with all its parts but the journal. Not movable: the parts refer to each other.
struct Assembly {
  config::HuntFile hunt;
  std::filesystem::path directory;          ///< absolute
  std::unique_ptr<subject::Keeper> keeper;  ///< ends last
  std::unique_ptr<units::UnitSource> source;
  std::unique_ptr<units::BuildCache> cache;
  std::unique_ptr<report::Terminal> terminal;
  std::shared_ptr<trial::BuildTrust> trust;
  std::unique_ptr<executor::Executor> executor;
};

/// Loads the units and makes the executor with `jobs` slots; stale processes of an earlier run in
/// `directory` are ended. Without a directory it is a temporary one, which goes away with this
/// process however that ends, unless keeper->leave_folder() is called.
Result<std::unique_ptr<Assembly>> assemble(config::HuntFile hunt,
                                           const std::filesystem::path& directory, int jobs,
                                           bool quiet);

/// The same with a unit source that is there already.
Result<std::unique_ptr<Assembly>> assemble_with(config::HuntFile hunt,
                                                std::unique_ptr<units::UnitSource> source,
                                                const std::filesystem::path& directory, int jobs,
                                                bool quiet);

/// The journal that keeps the controls of `measure`: opened, or begun. Fails when the folder keeps
/// those of another hunt.
Result<std::unique_ptr<hunt::Journal>> open_or_create(const Assembly& assembly);

/// The header of a new hunt: what must stay the same for it to go on.
Result<hunt::Header> header_of(const Assembly& assembly, int jobs);

/// The load of our own that a hunt has, whose rate may be changed; or nothing.
config::HttpLoad* http_load_of(config::HuntFile& hunt);

/// Finds the rate where the hunt file leaves it open, or takes the one that the journal (there may
/// be none) has. Says how, or nothing where there was nothing to find. Fails when it cannot be
/// written down. Ctrl-C raises `interrupt`.
Result<std::string> settle_rate(Assembly& assembly, hunt::Journal* journal,
                                hunt::Interrupt& interrupt);

/// Looks for a good end where the hunt file names none, or takes the one that the journal has: then
/// `assembly` is made anew between the ends. The report, where the hunt ends with that.
Result<std::optional<report::Model>> settle_good_end(std::unique_ptr<Assembly>& assembly,
                                                     hunt::Journal& journal, bool quiet,
                                                     hunt::Interrupt& interrupt);

/// The error of a command that needs both ends, where the hunt file names none that is good.
Result<> require_good_end(const config::HuntFile& hunt);

/// Hunts, and leaves the result in `model`; the references outlive it.
boost::asio::awaitable<void> run_hunt(hunt::Parts parts, hunt::Interrupt& interrupt,
                                      Result<report::Model>& model);

/// Runs `work` on `io` until it ends; the first ctrl-C (or SIGTERM) calls `on_signal`, the second
/// ends the program at once. `slot` is where `work` hears of its cancellation, if it is to.
void run_with_signals(boost::asio::io_context& io, boost::asio::awaitable<void> work,
                      std::function<void()> on_signal, boost::asio::cancellation_slot slot = {});

}  // namespace leakbisect::cli
