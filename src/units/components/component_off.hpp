#pragma once

// The ways to switch a component off. Files are changed in an overlay; what the build or the server
// has to be given is added to Applied. A way that cannot be gone is a fact about the configuration:
// the reason why it is untestable.

#include "base/error.hpp"
#include "units/components/component_units.hpp"
#include "units/slots/overlay.hpp"
#include "units/unit_source.hpp"

#include <filesystem>
#include <span>

namespace leakbisect::units {

/// Switches off all `units` at once. Ways that change parts of a file (patches from the last unit
/// to the first, then regions, then JSON values) go before ways that replace or remove it, so that
/// the order of the units does not matter. `hunt_folder` is where patch files are looked for.
Result<> switch_off(std::span<const ComponentUnit* const> units,
                    const std::filesystem::path& hunt_folder, Overlay& overlay, Applied& applied);

/// `text`, a JSON document (comments allowed), with values set at JSON pointers (RFC 6901). Fails
/// when the text is no JSON, or a pointer's parent is missing.
Result<std::string> set_json(const std::string& text,
                             std::span<const std::pair<std::string, std::string>> values);

}  // namespace leakbisect::units
