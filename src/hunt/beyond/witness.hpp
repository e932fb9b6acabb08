#pragma once

// Which line: two more trials after the proof, with the culprit and without it, with a recorder in
// the server (src/witness). They are no evidence: no verdict hears of them, and the journal does
// not hold them.

#include "hunt/ends/controls.hpp"
#include "report/model.hpp"
#include "report/terminal.hpp"
#include "trial/trial.hpp"
#include "witness/difference.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <functional>
#include <optional>

namespace leakbisect::hunt {

/// Two configurations that differ by the culprit.
struct WitnessPair {
  strategies::Configuration on, off;
  units::UnitSource* on_source = nullptr;  ///< whose units these are; nothing: the hunt's own
  units::UnitSource* off_source = nullptr;
};

/// How long each of the two is loaded, and what is to be explained.
struct WitnessTerms {
  double load_s = 20;
  double rate = 50;                        ///< requests a second
  std::optional<witness::Slope> proven{};  ///< nothing: what this pair's heaps show
};

/// Runs one trial; nothing when that was cut short.
using RunTrial = std::function<boost::asio::awaitable<std::optional<trial::Record>>(trial::Plan)>;

/// Records both and subtracts. Nothing when cut short.
boost::asio::awaitable<std::optional<witness::Finding>> bear_witness(RunTrial run, WitnessPair pair,
                                                                     WitnessTerms terms);

/// Writes DIR/witness.json and DIR/witness.folded.
Result<> write_witness(const std::filesystem::path& directory, const witness::Finding& finding);

/// After a proof that holds, where the server is Node and the time of the proof allows it: what
/// bear_witness() says of the culprits goes into `model`. One that was written before is taken.
boost::asio::awaitable<void> look_at_lines(HuntContext& context, const Controls& controls,
                                           report::Terminal& terminal, report::Model& model);

}  // namespace leakbisect::hunt
