#include "cli/assemble.hpp"
#include "hunt/ends/load_rate.hpp"
#include "hunt/ends/polarity.hpp"

#include <chrono>

namespace leakbisect::cli {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> find(Assembly& assembly, config::HttpLoad& load,
                           std::optional<hunt::FoundRate>& found) {
  const strategies::Configuration end =
      hunt::leaking_end(assembly.source->space(), assembly.hunt.search.find);
  found = co_await hunt::find_rate(*assembly.executor, assembly.hunt, load, end);
}

}  // namespace

config::HttpLoad* http_load_of(config::HuntFile& hunt) {
  if (!hunt.subject) return nullptr;
  auto* const load = std::get_if<config::HttpLoad>(&hunt.load.kind);
  return load == nullptr || load->closed ? nullptr : load;
}

Result<std::string> settle_rate(Assembly& assembly, hunt::Journal* journal,
                                hunt::Interrupt& interrupt) {
  config::HttpLoad* const load = http_load_of(assembly.hunt);
  if (load == nullptr || !load->find_rate) return std::string();
  if (journal != nullptr && journal->noted_rate()) {
    load->rate = journal->noted_rate()->rate;
    return journal->noted_rate()->sentence;
  }
  // Trials that are there already were driven at the rate that was the default.
  const bool is_begun =
      journal != nullptr && (journal->read_only() || !journal->finished().empty());
  if (is_begun) return std::string();
  std::optional<hunt::FoundRate> found;
  asio::io_context io(1);
  asio::cancellation_signal stop;
  const auto on_signal = [&] {
    interrupt.raise();
    stop.emit(asio::cancellation_type::terminal);
  };
  const auto begun = std::chrono::steady_clock::now();
  run_with_signals(io, find(assembly, *load, found), on_signal, stop.slot());
  if (interrupt.raised()) return std::string();
  const std::string failed =
      fmt::format("{:g} requests/s: which rate holds could not be found", load->rate);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const hunt::NotedRate noted{found ? found->rate : load->rate, found ? found->sentence : failed,
                              took.count()};
  load->rate = noted.rate;
  if (journal != nullptr)
    if (auto written = journal->note_rate(noted); !written) return written.error();
  assembly.terminal->note("load: " + noted.sentence);
  return noted.sentence;
}

}  // namespace leakbisect::cli
