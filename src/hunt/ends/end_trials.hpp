#pragma once

// What the controls of servers and of oracles share. Private to this room's controls.

#include "hunt/ends/controls.hpp"

#include <boost/asio/awaitable.hpp>

#include <filesystem>
#include <string>

namespace leakbisect::hunt {

/// Age of the last reading, s; 0 without any.
double age_of(const stats::Series& series);

/// What was recorded of a finished trial; `directory` is DIR.
Result<stats::Series> samples_of(const std::filesystem::path& directory,
                                 const trial::Record& record);

/// One end by itself for `length_s`: the leaking one for Purpose::control_bad, else the flat one.
trial::Plan end_plan(const HuntContext& context, trial::Purpose purpose, std::string why,
                     double length_s);

/// True when the record is evidence.
bool measured(const trial::Record& record);

/// `controls` with the conclusion that this end ("the bad end") cannot be tested, and why.
Controls untestable(Controls controls, trial::Record record, const std::string& end);

/// The ends are told apart by `controls`, which hold both: trials are held against what they were
/// answered.
void adopt(Controls& controls, const HuntContext& context);

/// Controls of servers: both ends, longer and longer until they are apart.
boost::asio::awaitable<Controls> measure_server_ends(HuntContext& context);

/// The same, and whether forced collections hide something, and a known leak is seen.
boost::asio::awaitable<Controls> measure_server_controls(HuntContext& context);

/// Controls by an oracle: each end is asked until its answer is plain; an end of a history that
/// answers as it was named, a little less.
boost::asio::awaitable<Controls> measure_oracle_ends(HuntContext& context);

}  // namespace leakbisect::hunt
