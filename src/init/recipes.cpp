#include "init/recipes.hpp"

extern "C" {
extern const char lb_recipes_begin[];
extern const char lb_recipes_end[];
}

namespace leakbisect::init {

std::string_view recipes() {
  const std::string_view page(lb_recipes_begin,
                              static_cast<std::size_t>(lb_recipes_end - lb_recipes_begin));
  const auto heading = page.find("## Switch recipes");
  return heading == std::string_view::npos ? page : page.substr(heading);
}

}  // namespace leakbisect::init
