#include "units/slots/slot_state.hpp"

#include "base/files.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

fs::path state_file(const fs::path& slot) {
  return slot / "slot.json";
}

}  // namespace

SlotState read_state(const fs::path& slot) {
  SlotState state;
  const auto text = read_file(state_file(slot));
  if (!text) return state;
  try {
    const auto json = nlohmann::json::parse(*text);
    state.source = json.at("source");
    state.dirty = json.at("dirty");
    state.label = json.at("label");
    state.changed = json.at("changed").get<std::set<std::string>>();
    state.copied.tv_sec = json.at("copied").at(0);
    state.copied.tv_nsec = json.at("copied").at(1);
    state.whole = json.at("whole");
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return state;
}

Result<> write_state(const fs::path& slot, const SlotState& state) {
  const nlohmann::json json{
      {"source", state.source},   {"whole", state.whole},
      {"dirty", state.dirty},     {"label", state.label},
      {"changed", state.changed}, {"copied", {state.copied.tv_sec, state.copied.tv_nsec}}};
  constexpr auto replace = nlohmann::json::error_handler_t::replace;
  return write_atomic(state_file(slot), json.dump(1, ' ', false, replace) + "\n");
}

bool may_be_slot(const fs::path& slot) {
  return !fs::exists(slot) || fs::is_empty(slot) || fs::exists(state_file(slot));
}

}  // namespace leakbisect::units
