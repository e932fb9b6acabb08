#include "cli/known_leak.hpp"

#include "hunt/end_search.hpp"
#include "hunt/ends/polarity.hpp"
#include "hunt/ends/positive_control.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::cli {

namespace asio = boost::asio;

namespace {

constexpr double longest_s = 90;  // of a run: a check is no night

asio::awaitable<void> see(hunt::PositiveControl& control, std::optional<hunt::KnownLeak>& leak) {
  leak = co_await hunt::see_known_leak(control);
}

hunt::KnownLeak see_at(Assembly& assembly, strategies::Configuration end, const char* name) {
  hunt::PositiveControl control{assembly.hunt, assembly.directory, {}, std::move(end)};
  int count = 0;
  control.run = [&](trial::Plan plan) -> asio::awaitable<std::optional<trial::Record>> {
    plan.id = fmt::format("check-{}-{}", name, ++count);
    co_return co_await assembly.executor->run(std::move(plan));
  };
  control.size = hunt::known_leak_size(assembly.hunt, 0);
  control.longest_s = longest_s;
  std::optional<hunt::KnownLeak> leak;
  asio::io_context io(1);
  asio::cancellation_signal stop;
  run_with_signals(
      io, see(control, leak), [&] { stop.emit(asio::cancellation_type::terminal); }, stop.slot());
  assembly.terminal->close();
  if (!leak) {
    leak.emplace();
    leak->size = control.size;
    leak->why_not = "interrupted";
  }
  leak->sentence = hunt::known_leak_sentence(*leak, assembly.hunt.limits.trial_s);
  return *leak;
}

}  // namespace

hunt::KnownLeak see_known_leak(Assembly& assembly) {
  const strategies::SearchSpace& space = assembly.source->space();
  const config::Find find = assembly.hunt.search.find;
  if (!hunt::lacks_good_end(assembly.hunt)) {
    hunt::KnownLeak leak = see_at(assembly, hunt::flat_end(space, find), "flat");
    if (leak.is_tried || leak.why_not == "interrupted") return leak;
  }
  return see_at(assembly, hunt::leaking_end(space, find), "leaking");
}

nlohmann::json known_leak_json(const NightPlan& plan) {
  if (!plan.controls.known_leak) return nullptr;
  const hunt::KnownLeak& leak = *plan.controls.known_leak;
  nlohmann::json json{{"sentence", leak.sentence},
                      {"bytes_per_request", leak.size},
                      {"seen", leak.is_seen},
                      {"size_is_right", leak.is_right()},
                      {"seconds", leak.seconds},
                      {"trial_seconds", plan.known_leak_s},
                      {"in_estimate", plan.hunt_has_known_leak}};
  if (leak.is_seen) json["seen_as"] = {leak.slope - leak.half_width, leak.slope + leak.half_width};
  if (leak.would_do_s) json["would_do_s"] = *leak.would_do_s;
  return json;
}

}  // namespace leakbisect::cli
