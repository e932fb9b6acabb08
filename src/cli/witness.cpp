// `leakbisect witness`: which line allocates what one configuration leaks and another does not.

#include "hunt/beyond/witness.hpp"

#include "cli/assemble.hpp"
#include "cli/commands.hpp"
#include "cli/measure.hpp"
#include "config/parse.hpp"
#include "witness/words.hpp"
#include "witness/write.hpp"

#include <boost/asio/this_coro.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace leakbisect::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// Both sides; what is outside of the hunt's range has a source of its own.
struct ChosenPair {
  Chosen on, off;
  [[nodiscard]] hunt::WitnessPair pair() const {
    return {on.configuration, off.configuration, on.source.get(), off.source.get()};
  }
};

Result<std::vector<strategies::UnitIndex>> units_called(const units::UnitSource& source,
                                                        const std::vector<std::string>& names) {
  std::vector<strategies::UnitIndex> found;
  for (const std::string& name : names) {
    const auto unit = units::find_unit(source, name);
    if (!unit) return unit.error();
    found.push_back(*unit);
  }
  return found;
}

// Components: with nothing else on than --on (else with everything), and the same without --off.
Result<ChosenPair> components_of(const WitnessOptions& options, const units::UnitSource& source) {
  const strategies::SearchSpace& space = source.space();
  const auto on = units_called(source, options.on);
  if (!on) return on.error();
  const auto off = units_called(source, options.off.empty() ? options.on : options.off);
  if (!off) return off.error();
  if (off->empty()) return fail("which component? add --off NAME");
  std::vector<strategies::UnitIndex> left_out;
  for (strategies::UnitIndex unit = 0; !on->empty() && unit < space.size(); ++unit)
    if (std::ranges::find(*on, unit) == on->end()) left_out.push_back(unit);
  ChosenPair chosen;
  chosen.on.configuration = strategies::without(space, left_out);
  left_out.insert(left_out.end(), off->begin(), off->end());
  chosen.off.configuration = strategies::without(space, left_out);
  return chosen;
}

Result<ChosenPair> pair_of(const WitnessOptions& options, const config::HuntFile& hunt,
                           const units::UnitSource& source) {
  if (source.space().shape != strategies::Shape::history) return components_of(options, source);
  if (options.on.size() > 1 || options.off.size() != 1)
    return fail("of commits and versions one leaks and one does not: add --on A --off B");
  ChosenPair chosen;
  MeasureOptions one;
  if (!options.on.empty()) one.commit = options.on.front();
  auto on = chosen_of(one, hunt, source);
  if (!on) return on.error();
  chosen.on = std::move(*on);
  one.commit = options.off.front();
  auto off = chosen_of(one, hunt, source);
  if (!off) return off.error();
  chosen.off = std::move(*off);
  return chosen;
}

asio::awaitable<void> work(Assembly& assembly, const ChosenPair& chosen, hunt::WitnessTerms terms,
                           std::optional<witness::Finding>& finding) {
  const hunt::RunTrial run =
      [&assembly](trial::Plan plan) -> asio::awaitable<std::optional<trial::Record>> {
    const trial::Record record = co_await assembly.executor->run(std::move(plan));
    assembly.terminal->finished(record, -1);
    if (record.kind == strategies::OutcomeKind::cancelled) co_return std::nullopt;
    co_return record;
  };
  finding = co_await hunt::bear_witness(run, chosen.pair(), terms);
  co_await assembly.executor->finish();
}

Result<> write_where_asked(const WitnessOptions& options, const witness::Finding& finding) {
  if (options.out.empty()) return {};
  std::error_code failed;
  fs::create_directories(options.out, failed);
  if (failed) return fail("cannot make {}: {}", options.out.string(), failed.message());
  return hunt::write_witness(options.out, finding);
}

void print(const witness::Finding& finding, bool json) {
  if (json) {
    fmt::print("{}\n", witness::to_json(finding).dump(2, ' ', false,
                                                      nlohmann::json::error_handler_t::replace));
    return;
  }
  for (const std::string& line : witness::first_lines(finding))
    fmt::print("{}\n", report::printable(line));
}

}  // namespace

int witness(const WitnessOptions& options) {
  auto hunt = config::load_hunt(options.hunt_file);
  if (!hunt) return complain(hunt.error(), exit_usage);
  if (!hunt->subject || std::holds_alternative<config::RouteUnits>(hunt->units))
    return complain(fail("a witness needs a server that is started with and without the culprit: "
                         "this hunt has {}",
                         hunt->subject ? "routes" : "an oracle"),
                    exit_usage);
  auto assembly = assemble(std::move(*hunt), {}, 1, options.quiet);
  if (!assembly) return complain(assembly.error(), exit_usage);
  const auto chosen = pair_of(options, (*assembly)->hunt, *(*assembly)->source);
  if (!chosen) return complain(chosen.error(), exit_usage);
  hunt::Interrupt interrupt;
  if (const auto rate = settle_rate(**assembly, nullptr, interrupt); !rate)
    return complain(rate.error(), exit_untestable);
  if (interrupt.raised()) return exit_interrupted;
  hunt::WitnessTerms terms;
  terms.load_s = options.for_s;
  if (const auto* http = http_load_of((*assembly)->hunt)) terms.rate = http->rate;
  std::optional<witness::Finding> finding;
  asio::io_context io(1);
  asio::cancellation_signal stop;
  run_with_signals(
      io, work(**assembly, *chosen, terms, finding),
      [&] { stop.emit(asio::cancellation_type::terminal); }, stop.slot());
  (*assembly)->terminal->close();
  if (!finding) return exit_interrupted;
  if (const auto written = write_where_asked(options, *finding); !written)
    return complain(written.error(), 1);
  print(*finding, options.json);
  if (!finding->rows.empty()) return 0;
  return finding->recorder.empty() || finding->requests_off <= 0 ? exit_untestable : 3;
}

}  // namespace leakbisect::cli
