#pragma once

// Repositories of made-up commits with merges, as text for `git fast-import`: a million commits
// take half a minute. Every commit has the same one file.

#include "bench/search/search_history.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace leakbisect::test {

/// Writes main's history: `space` with one commit a unit, in its order, on a first commit of its
/// own, so that every unit lies between the root and main.
inline void write_fast_import(const strategies::SearchSpace& space, std::FILE* out) {
  fmt::print(out, "blob\nmark :1\ndata 1\nx\n");
  const auto commit = [&](std::size_t number) {
    const std::string message = fmt::format("Commit {}", number);
    fmt::print(out, "commit refs/heads/main\nmark :{}\ncommitter Ada <ada@example.org> {} +0000\n",
               number + 2, 1'600'000'000 + number);
    fmt::print(out, "data {}\n{}\n", message.size(), message);
  };
  commit(0);
  fmt::print(out, "M 100644 :1 x\n\n");
  for (strategies::UnitIndex unit = 0; unit < space.size(); ++unit) {
    commit(unit + 1);
    const auto parents = strategies::parents_of(space, unit);
    if (parents.empty()) fmt::print(out, "from :2\n");
    for (std::size_t i = 0; i < parents.size(); ++i) {
      fmt::print(out, "{} :{}\n", i == 0 ? "from" : "merge", parents[i] + 3);
    }
    fmt::print(out, "\n");
  }
  fmt::print(out, "done\n");
}

}  // namespace leakbisect::test
