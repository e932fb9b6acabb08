#pragma once

// A finding for machines and for other tools.

#include "base/error.hpp"
#include "witness/difference.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace leakbisect::witness {

/// The object of DIR/witness.json and of report.json's "witness"; and back.
nlohmann::json to_json(const Finding& finding);
Result<Finding> finding_from_json(const nlohmann::json& object);

/// The stacks of the difference, folded: "main;handler (server.js:12) 4096", bytes of a request, or
/// of a thousand where they are few. speedscope and flamegraph.pl read it.
std::string folded(const Finding& finding);

}  // namespace leakbisect::witness
