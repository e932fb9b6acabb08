#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace leakbisect::config {
namespace {

Rule<Find> what_to_find() {
  return {R"("leak" (where it began) or "fix" (where it ended))",
          [](const Value& value, const std::string& allowed) -> std::optional<Find> {
            for (const Find find : {Find::leak, Find::fix})
              if (value.json() == find_name(find)) return find;
            return value.refuse("is not something to find", allowed);
          },
          words_schema({"leak", "fix"})};
}

// What a drill may cost, as a multiple of what the hunt cost before; 0: there is none.
Rule<double> drill_factor() {
  return {
      "true, false, \"thorough\" (as long as it takes), or how many times the search's cost it "
      "may take, such as 2",
      [](const Value& value, const std::string& allowed) -> std::optional<double> {
        const nlohmann::json& given = value.json();
        if (given.is_boolean()) return given.get<bool>() ? 1.0 : 0.0;
        if (given == "thorough") return std::numeric_limits<double>::infinity();
        if (given.is_number() && given.get<double>() > 0) return given.get<double>();
        return value.refuse("is not what a drill may cost", allowed);
      },
      any_schema({R"({"type":"boolean"})", R"({"const":"thorough"})",
                  R"({"type":"number","exclusiveMinimum":0})"})};
}

}  // namespace

Search read_search(const Value& value, Measure measure) {
  Search search;
  const Object object(value, {"find", "strategy", "confidence", "smallest_leak", "seed",
                              "strategy_timeout", "drill", "others", "positive_control"});
  object.read("find", search.find, what_to_find());
  object.read("strategy", search.strategy,
              text("a strategy's name; \"leakbisect strategies\" lists them"));
  object.read(
      "confidence", search.confidence,
      number("a probability above 0.5 and below 1, such as 0.99", Range{0.5, 1, true, true}));
  object.read("smallest_leak", search.smallest_leak, leak_per_request(measure));
  object.read("seed", search.seed, seed_number());
  object.read("strategy_timeout", search.strategy_timeout_s, duration());
  object.read("drill", search.drill_factor, drill_factor());
  search.drill = search.drill_factor > 0;
  object.read("others", search.others, flag());
  object.read("positive_control", search.positive_control, flag());
  return search;
}

Limits read_limits(const Value& value) {
  Limits limits;
  const Object object(
      value, {"budget", "trial", "memory", "cache", "share_builds", "ahead", "parallel", "watch"});
  object.read("budget", limits.budget_s, duration());
  object.read("trial", limits.trial_s, duration());
  object.read("memory", limits.memory_bytes, size());
  object.read("cache", limits.cache_bytes, size(Zero::allowed));
  object.read("share_builds", limits.share_builds, flag());
  object.read("ahead", limits.ahead, whole_number(0, 8));
  object.read("parallel", limits.parallel, whole_number(1, 64));
  limits.parallel_is_given = object.has("parallel");
  object.read("watch", limits.watch_s, duration());
  return limits;
}

}  // namespace leakbisect::config
