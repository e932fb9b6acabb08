#include "config/schema.hpp"

#include "cli/commands.hpp"

#include <fmt/core.h>

namespace leakbisect::cli {

int print_schema(const SchemaOptions&) {
  fmt::print("{}", config::hunt_schema());
  return 0;
}

}  // namespace leakbisect::cli
