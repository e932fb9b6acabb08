#include "units/source_hints.hpp"

#include <algorithm>
#include <array>

namespace leakbisect::units {

namespace {

struct Hint {
  std::string_view word;
  double weight;
};

// The strongest word counts. An interval that is also cleared is far less of a hint.
constexpr std::array hints{
    Hint{"setInterval(", 30},
    Hint{"scheduleAtFixedRate(", 20},
    Hint{"lru_cache(maxsize=None", 20},
    Hint{"process.on(", 12},
    Hint{".addListener(", 12},
    Hint{"addEventListener(", 8},
    Hint{"globalThis.", 8},
    Hint{"global.", 8},
    Hint{"static final Map", 8},
    Hint{"ThreadLocal", 8},
    Hint{"addShutdownHook(", 8},
    Hint{"atexit.register(", 8},
    Hint{"setTimeout(", 4},
    Hint{".on(", 4},
    Hint{"new Map(", 4},
    Hint{"sync.Pool", 3},
    Hint{"new Set(", 3},
};

constexpr std::array cleared{std::string_view("clearInterval("),
                             std::string_view("removeListener("),
                             std::string_view("removeEventListener(")};
constexpr double cleared_share = 0.3;

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

}  // namespace

double hint_weight(std::string_view text) {
  double weight = 1;
  for (const Hint& hint : hints)
    if (hint.weight > weight && has(text, hint.word)) weight = hint.weight;
  const bool cleans_up =
      std::ranges::any_of(cleared, [&](std::string_view word) { return has(text, word); });
  return cleans_up ? std::max(1.0, cleared_share * weight) : weight;
}

}  // namespace leakbisect::units
