#include "units/source_hints.hpp"

#include <algorithm>
#include <array>
#include <cctype>

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

// Hooks of components that are rendered on a server too, and hooks that only a browser runs (Vue's
// guide to server-side rendering; React's reference of effects). What the former start stays, since
// a component on a server is never taken down: clearing it there is of no use.
constexpr std::array server_hooks{std::string_view("created"), std::string_view("beforeCreate"),
                                  std::string_view("setup"), std::string_view("asyncData"),
                                  std::string_view("serverPrefetch")};
constexpr std::array browser_hooks{
    std::string_view("mounted"),         std::string_view("beforeMount"),
    std::string_view("activated"),       std::string_view("updated"),
    std::string_view("onMounted"),       std::string_view("componentDidMount"),
    std::string_view("useEffect"),       std::string_view("useLayoutEffect"),
    std::string_view("ngAfterViewInit"), std::string_view("onActivated")};
constexpr double browser_weight = 1.5;

bool has(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool is_of_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

// Where the last `hook(` begins, 0 if there is none: a name by itself, with its parenthesis.
std::size_t last_hook(std::string_view text, std::string_view hook) {
  for (std::size_t at = text.rfind(hook); at != std::string_view::npos && at > 0;
       at = text.rfind(hook, at - 1)) {
    std::string_view after = text.substr(at + hook.size());
    after.remove_prefix(std::min(after.find_first_not_of(' '), after.size()));
    if (!is_of_word(text[at - 1]) && after.starts_with('(')) return at + 1;
  }
  return text.starts_with(hook) ? 1 : 0;
}

template <class Hooks>
std::size_t last_of(std::string_view text, const Hooks& hooks) {
  std::size_t last = 0;
  for (const std::string_view hook : hooks) last = std::max(last, last_hook(text, hook));
  return last;
}

// The weight of a hint at the end of `before`, by the hook that it is in.
double weight_in_place(double weight, std::string_view before, bool cleans_up) {
  const std::size_t on_server =
      std::max(last_of(before, server_hooks), before.rfind("<script setup") + 1);
  const std::size_t in_browser = last_of(before, browser_hooks);
  if (in_browser > on_server) return std::min(weight, browser_weight);
  if (on_server > 0 || !cleans_up) return weight;
  return std::max(1.0, cleared_share * weight);
}

}  // namespace

double hint_weight(std::string_view text) {
  const bool cleans_up =
      std::ranges::any_of(cleared, [&](std::string_view word) { return has(text, word); });
  double weight = 1;
  for (const Hint& hint : hints) {
    for (std::size_t at = text.find(hint.word); at != std::string_view::npos;
         at = text.find(hint.word, at + 1)) {
      weight = std::max(weight, weight_in_place(hint.weight, text.substr(0, at), cleans_up));
    }
  }
  return weight;
}

}  // namespace leakbisect::units
