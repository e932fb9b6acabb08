#include "probe/node_options.hpp"

#include <cstdlib>

namespace leakbisect::probe {

void let_node_settle(const config::Memory& memory, std::uint16_t port,
                     std::map<std::string, std::string>& env) {
  using Kind = config::Settle::Kind;
  if (!memory.settle) return;
  if (memory.settle->kind != Kind::automatic && memory.settle->kind != Kind::node) return;
  constexpr const char* name = "NODE_OPTIONS";
  const char* const inherited = std::getenv(name);
  std::string options = inherited != nullptr ? inherited : "";
  if (const auto given = env.find(name); given != env.end()) options = given->second;
  if (options.find("--inspect") != std::string::npos) return;
  if (!options.empty()) options += ' ';
  env[name] = options + "--inspect-port=127.0.0.1:" + std::to_string(port);
}

}  // namespace leakbisect::probe
