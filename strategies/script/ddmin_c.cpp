// `ddmin-c`: delta debugging that tries complements only (Hodovan and Kiss, "Modernizing
// Hierarchical Delta Debugging", 2016): the parts themselves seldom leak alone.

#include "strategies/script/chunk_search.hpp"

namespace leakbisect::strategies {
namespace {

class ComplementDdmin final : public ChunkSearch {
 public:
  explicit ComplementDdmin(const SearchSpace& space) : ChunkSearch(space) {}

 private:
  Task<Units> minimal(Units on) override {
    std::vector<Units> items;
    for (const UnitIndex unit : on) items.push_back({unit});
    Units left = co_await thin(std::move(on), std::move(items));
    co_return left;
  }
};

}  // namespace

std::unique_ptr<Strategy> make_ddmin_c(const SearchSpace& space, const Prior&, std::uint64_t) {
  return std::make_unique<ComplementDdmin>(space);
}

}  // namespace leakbisect::strategies
