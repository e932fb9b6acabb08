#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace leakbisect::config {
namespace {

constexpr const char* wanted =
    R"("load": {"http": {...}} with a "rate", and "requests" of two or more names)";

// Growth per second adds up over routes only where each keeps its own pace.
bool keeps_pace(const Value& value, const HttpLoad& load) {
  if (load.closed)
    value.refuse(
        "needs requests at a fixed rate, and /load/http/closed sends faster when a route "
        "is off",
        wanted);
  if (load.off_s > 0) value.refuse("needs an even load, and /load/http/bursts has pauses", wanted);
  return !load.closed && !(load.off_s > 0);
}

// The names of the routes, where these requests can be routes.
std::set<std::string> names_in(const Value& value, const UnitContext& context) {
  std::set<std::string> names;
  const auto* http = std::get_if<HttpLoad>(&context.load->kind);
  if (context.oracle) {
    value.refuse("has no meaning beside \"oracle\", which drives its server by itself", wanted);
  } else if (http == nullptr) {
    value.refuse("needs requests of our own, and /load/command sends its own", wanted);
  } else if (keeps_pace(value, *http)) {
    for (const HttpRequest& request : http->requests) names.insert(route_name(request));
    if (names.size() < 2)
      value.refuse("needs two or more routes to choose from, and /load/http/requests has one",
                   wanted);
  }
  return names;
}

}  // namespace

RouteUnits read_routes(const Value& value, const UnitContext& context) {
  RouteUnits routes;
  const Object object(value, {"always_on"});
  object.read("always_on", routes.always_on,
              list_of(name(), R"(an array of routes such as ["POST /login"])"));
  const std::set<std::string> names = names_in(value, context);
  if (names.size() < 2) return routes;
  for (const std::string& name : routes.always_on)
    if (!names.contains(name))
      value.report("always_on", fmt::format("{} is no route; allowed: {}", Json(name).dump(),
                                            one_of_text({names.begin(), names.end()})));
  return routes;
}

}  // namespace leakbisect::config
