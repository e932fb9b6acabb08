#include "strategies/script/chunk_search.hpp"

#include <algorithm>

namespace leakbisect::strategies {

/// `on` less the items of one part out of equal parts.
Units ChunkSearch::less(const Units& on, const std::vector<Units>& items, std::size_t part,
                        std::size_t parts) const {
  Units chunk;
  const std::size_t end = items.size() * (part + 1) / parts;
  for (std::size_t i = items.size() * part / parts; i < end; ++i) chunk = merge(chunk, items[i]);
  return remove(on, chunk);
}

Task<Units> ChunkSearch::thin(Units on, std::vector<Units> items) {
  std::size_t parts = 2;
  while (!items.empty()) {
    suspect(on);
    parts = std::min(parts, items.size());
    std::vector<Configuration> complements;
    for (std::size_t i = 0; i < parts; ++i) complements.push_back(only(less(on, items, i, parts)));
    const std::string why = "less one part in " + std::to_string(parts);
    const std::optional<std::size_t> leaking = co_await first(Until::leaking, complements, why);
    if (leaking) {
      on = less(on, items, *leaking, parts);
      std::erase_if(items, [&](const Units& item) { return difference(item, on).size() > 0; });
      parts = std::max<std::size_t>(parts - 1, 2);
    } else if (parts == items.size()) {
      break;
    } else {
      parts *= 2;
    }
  }
  co_return on;
}

}  // namespace leakbisect::strategies
