#pragma once

// Hunt files around nasty_server: what every test of faults starts from and then bends.

#include "workshop.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace leakbisect::e2e {

/// A hunt of four components ("a", "b", "leaky", "d") for nasty_server in mode `nasty`; "leaky"
/// leaks `leak_kib` a request.
nlohmann::json nasty_hunt(const Workshop& shop, const std::string& nasty, int leak_kib);

/// A port of 127.0.0.1 that is free now.
std::uint16_t some_free_port();

/// Binds and listens on the port; -1 when it is held. The caller closes it.
int hold_port(std::uint16_t port);

}  // namespace leakbisect::e2e
