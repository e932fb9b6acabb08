#pragma once

// What a slot's copy is known to hold, as it stands in SLOT/slot.json. Written before files change.

#include "base/error.hpp"

#include <ctime>
#include <filesystem>
#include <set>
#include <string>

namespace leakbisect::units {

struct SlotState {
  std::string source;             ///< the folder it is a copy of
  bool whole = false;             ///< the first copy was finished
  bool dirty = false;             ///< commands may have changed anything since
  std::string label;              ///< what they made of it, if it is dirty
  std::set<std::string> changed;  ///< paths that may differ from the source
  timespec copied{};              ///< when the last whole copy ended, by the file system's clock
};

/// The state of a slot; a slot without one, or with a torn one, is not whole.
SlotState read_state(const std::filesystem::path& slot);
Result<> write_state(const std::filesystem::path& slot, const SlotState& state);

/// True for a folder that is a slot's, whole or not, or that may become one.
bool may_be_slot(const std::filesystem::path& slot);

}  // namespace leakbisect::units
