#pragma once

// Which recorded runs belong together: the servers they are of, and the pairs that calibrate.

#include <string_view>
#include <utility>
#include <vector>

namespace leakbisect::bench {

struct Pair {
  std::string_view family, clean, leaking;
};

/// Runs of one server; those marked are the plain ones (same load, same caches).
inline const std::vector<std::pair<std::string_view, std::vector<std::string_view>>> families{
    {"c", {"c-clean", "c-frag", "c-leak16", "c-leak64", "c-leak1k"}},
    {"node",
     {"node-clean",         "node-flag-off",        "node-array1k",      "node-array10k",
      "node-buffer1k",      "node-interval4k",      "node-num100",       "node-rare",
      "node-flag-on",       "~node-garbage",        "~node-lru-plateau", "~node-session-plateau",
      "~node-warm",         "~node-warmleak",       "~burst-clean",      "~burst-array1k",
      "~noisy-clean",       "~noisy-array1k",       "~restart-clean",    "~restart-leak10k",
      "~node-clean-closed", "~node-array1k-closed", "~node-clean-r2000", "~node-array1k-r2000",
      "~node-clean-semi1",  "~node-num100-semi1"}},
    {"java", {"java-clean-default", "java-leak1k-default", "java-leak10k-default"}},
    {"python", {"py-clean", "py-dict200", "~py-cycles"}},
};

inline const std::vector<Pair> pairs{
    {"c", "c-clean", "c-leak16"},
    {"c", "c-clean", "c-leak64"},
    {"c", "c-clean", "c-leak1k"},
    {"node", "node-clean", "node-array1k"},
    {"node", "node-clean", "node-array10k"},
    {"node", "node-clean", "node-buffer1k"},
    {"node", "node-clean", "node-interval4k"},
    {"node", "node-clean", "node-num100"},
    {"node", "node-clean", "node-rare"},
    {"node", "node-clean", "node-flag-on"},
    {"node", "node-flag-off", "node-flag-on"},
    {"node", "node-flag-off", "node-array1k"},
    {"node", "node-flag-off", "node-array10k"},
    {"node", "node-flag-off", "node-interval4k"},
    {"node", "burst-clean", "burst-array1k"},
    {"node", "noisy-clean", "noisy-array1k"},
    {"node", "restart-clean", "restart-leak10k"},
    {"node", "node-clean-closed", "node-array1k-closed"},
    {"node", "node-clean-r2000", "node-array1k-r2000"},
    {"node", "node-clean-semi1", "node-num100-semi1"},
    {"node", "node-warm", "node-warmleak"},
    {"node", "node-clean-forcedgc", "node-num100-forcedgc"},
    {"java", "java-clean-default", "java-leak1k-default"},
    {"java", "java-clean-default", "java-leak10k-default"},
    {"java-forcedgc", "java-clean-forcedgc", "java-leak1k-forcedgc"},
    {"java-xmx64", "java-clean-xmx64", "java-leak1k-xmx64"},
    {"python", "py-clean", "py-dict200"},
    {"prefork", "prefork-clean", "prefork-leak1k"},
    {"redis", "redis-clean", "redis-grow"},
    {"vue", "vue-ssr-clean", "vue-ssr-interval"},
};

}  // namespace leakbisect::bench
