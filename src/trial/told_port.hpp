#pragma once

// Whether the server can know the port that the trial asks it on, and what to say of one that
// listens on another.

#include "base/placeholders.hpp"
#include "config/hunt_file.hpp"
#include "subject/process.hpp"
#include "units/unit_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace leakbisect::trial {

/// False where nothing in the hunt file tells the server its port, and something asks it there:
/// then no answer can come, however long one waits.
bool port_is_told(const config::HuntFile& hunt);
/// The same with what a configuration gives the server.
bool port_is_told(const config::HuntFile& hunt, const units::Applied& applied);

/// What to write into the hunt file then.
std::string how_to_tell_port();

/// subject::wait_ready with the output files in `folder`. The reason names the ports that the
/// server listens on instead; where it is told none, that ends the waiting.
boost::asio::awaitable<subject::ReadyResult> come_up(subject::Process& server, config::Ready rule,
                                                     std::uint16_t port, bool is_told,
                                                     std::filesystem::path folder);

}  // namespace leakbisect::trial
