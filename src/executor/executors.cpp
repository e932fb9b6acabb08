// Where a hunt's trials run: the table. A hunt takes the first row that is for it.

#include "config/hunt_file.hpp"
#include "executor/executor.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace leakbisect::executor {

namespace {

struct Place {
  bool (*is_for)(const config::HuntFile& hunt);
  std::unique_ptr<Executor> (*make)(trial::Setup setup, int slots, OnProgress progress);
};

bool asks_an_oracle(const config::HuntFile& hunt) {
  return hunt.oracle.has_value();
}

bool is_about_routes(const config::HuntFile& hunt) {
  return std::holds_alternative<config::RouteUnits>(hunt.units);
}

bool is_any(const config::HuntFile&) {
  return true;
}

// All windows are of one server: more slots are no use.
std::unique_ptr<Executor> in_one_server(trial::Setup setup, int /*slots*/, OnProgress progress) {
  return make_routes_executor(std::move(setup), std::move(progress));
}

constexpr std::array places{
    Place{asks_an_oracle, make_oracle_executor},
    Place{is_about_routes, in_one_server},
    Place{is_any, make_local_executor},
};

}  // namespace

std::unique_ptr<Executor> make_executor(trial::Setup setup, int slots, OnProgress progress) {
  const auto place =
      std::ranges::find_if(places, [&](const Place& each) { return each.is_for(*setup.hunt); });
  return place->make(std::move(setup), slots, std::move(progress));
}

}  // namespace leakbisect::executor
