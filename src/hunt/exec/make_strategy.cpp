#include "hunt/exec/make_strategy.hpp"

#include "base/nearest.hpp"
#include "hunt/exec/exec_strategy.hpp"

#include <algorithm>

namespace leakbisect::hunt {

namespace {

constexpr std::string_view exec_prefix = "exec:";

std::string exec_command(std::string_view name) {
  name.remove_prefix(exec_prefix.size());
  while (name.starts_with(' ')) name.remove_prefix(1);
  return std::string(name);
}

}  // namespace

bool is_exec(std::string_view name) {
  return name.starts_with(exec_prefix);
}

Result<> check_strategy(const std::string& name, const strategies::SearchSpace& space) {
  if (is_exec(name)) {
    if (!exec_command(name).empty()) return {};
    return fail(
        "strategy \"{}\" names no command: write exec:COMMAND, as in \"exec:python3 "
        "mine.py\"",
        name);
  }
  const strategies::StrategyInfo* info = strategies::find_strategy(name);
  if (info == nullptr) {
    std::vector<std::string> known;
    for (const auto& row : strategies::strategies()) known.push_back(row.name);
    const auto near = nearest(name, known);
    return fail("unknown strategy \"{}\"{}: see `leakbisect strategies`", name,
                near ? fmt::format("; did you mean \"{}\"?", *near) : "");
  }
  if (std::ranges::find(info->shapes, space.shape) != info->shapes.end()) return {};
  return fail("strategy \"{}\" cannot search {}: `leakbisect strategies` says which can", name,
              space.shape == strategies::Shape::history ? "a history" : "components");
}

Result<std::unique_ptr<strategies::Strategy>> make_strategy(const std::string& name,
                                                            const strategies::SearchSpace& space,
                                                            std::uint64_t seed,
                                                            const ExecPlace& place) {
  if (auto checked = check_strategy(name, space); !checked) return checked.error();
  if (is_exec(name)) return make_exec_strategy(exec_command(name), space, seed, place);
  return strategies::find_strategy(name)->make(space, space.prior, seed);
}

}  // namespace leakbisect::hunt
