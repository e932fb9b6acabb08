#include "load/load.hpp"

#include "load/command_load.hpp"
#include "load/http_load.hpp"

namespace leakbisect::load {

namespace {

Result<std::unique_ptr<Load>> make(const config::HttpLoad& load, const Target& target) {
  if (!load.closed && !(load.rate > 0))
    return fail("load.http.rate: {} must be above 0", load.rate);
  if (load.connections < 1)
    return fail("load.http.connections: {} must be 1 or more", load.connections);
  if (!(load.timeout_s > 0)) return fail("load.http.timeout: must be above 0");
  auto sequence = Sequence::make(load, target);
  if (sequence.has_error()) return sequence.error();
  return make_http_load(load, target, std::move(*sequence));
}

Result<std::unique_ptr<Load>> make(const config::CommandLoad& load, const Target& target) {
  if (!target.run_command) return fail("internal error: no way to run commands was given");
  auto progress = Progress::make(load.progress);
  if (progress.has_error()) return progress.error();
  Placeholders values = target.placeholders;
  values.emplace("port", std::to_string(target.port));
  values.emplace("seed", std::to_string(target.seed));
  config::Command command = load.command;
  for (auto& word : command.argv) word = fill(word, values);
  return make_command_load(std::move(command), target, std::move(*progress));
}

}  // namespace

Result<std::unique_ptr<Load>> make_load(const config::Load& load, const Target& target) {
  return std::visit([&](const auto& kind) { return make(kind, target); }, load.kind);
}

}  // namespace leakbisect::load
