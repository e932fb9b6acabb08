#include "cli/commands.hpp"
#include "strategies/strategy.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::cli {
namespace {

std::string shapes_of(const strategies::StrategyInfo& info) {
  std::string text;
  for (const auto shape : info.shapes)
    text += (text.empty() ? "" : ", ") +
            std::string(shape == strategies::Shape::history ? "commits" : "components");
  return text;
}

}  // namespace

int list_strategies(const StrategiesOptions& options) {
  if (options.json) {
    nlohmann::json rows = nlohmann::json::array();
    for (const auto& info : strategies::strategies())
      rows.push_back({{"name", info.name},
                      {"searches", shapes_of(info)},
                      {"parallel", info.parallel},
                      {"summary", info.summary}});
    fmt::print("{}\n", rows.dump(2));
    return 0;
  }
  fmt::print("{:<12} {:<22} {:<9} {}\n", "strategy", "searches", "parallel", "what it does");
  for (const auto& info : strategies::strategies())
    fmt::print("{:<12} {:<22} {:<9} {}\n", info.name, shapes_of(info), info.parallel ? "yes" : "no",
               info.summary);
  return 0;
}

}  // namespace leakbisect::cli
