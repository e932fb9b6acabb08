#include "trial/prepare.hpp"

#include "trial/build_slot.hpp"

namespace leakbisect::trial {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// True when the slot's files have to be made anew before they are built.
bool needs_fresh_tree(const Order& order, const units::Applied& applied, const KnownBuild& known) {
  if (applied.fresh || known.needs_none || known.is_held_clean) return false;
  return order.clean || (known.is_cached_clean && !known.is_held);
}

asio::awaitable<Result<units::Applied>> apply_order(const Setup& setup, const Order& order,
                                                    Tree tree) {
  const fs::path place = order.slot / "tree";
  const Manner manner{order.pace, tree};
  co_return co_await apply(setup, order.source, order.configuration, place, manner);
}

void keep_log(const fs::path& logs) {
  std::error_code ignored;
  fs::rename(logs / "build.log", logs / "build-incremental.log", ignored);
}

asio::awaitable<Result<BuildResult>> build_order(const Setup& setup, const Order& order,
                                                 const units::Applied& applied, KnownBuild known) {
  if (order.on_build && !known.needs_none && (applied.fresh || !known.is_held))
    order.on_build(applied.fresh ? BuildKind::clean : BuildKind::incremental);
  const BuildFolders folders{order.slot, order.logs};
  co_return co_await build(setup, applied, known, folders, order.pace);
}

}  // namespace

asio::awaitable<Result<Prepared>> prepare(const Setup& setup, Order order) {
  Prepared ready;
  auto applied = co_await apply_order(setup, order, Tree::as_it_is);
  if (!applied) co_return applied.error();
  if (order.is_ahead && is_built_already(setup, *applied, order.clean)) {
    ready.applied = std::move(*applied);
    ready.build.cached = true;
    co_return ready;
  }
  // Of the configuration, whatever its files are made from.
  const KnownBuild known = known_build(setup, *applied, order.slot);
  if (!applied->untestable && needs_fresh_tree(order, *applied, known)) {
    applied = co_await apply_order(setup, order, Tree::anew);
    if (!applied) co_return applied.error();
  }
  ready.applied = std::move(*applied);
  ready.untestable = ready.applied.untestable;
  if (ready.untestable) co_return ready;
  auto built = co_await build_order(setup, order, ready.applied, known);
  if (!built) co_return built.error();
  ready.build = *built;
  if (ready.build.failure && ready.build.kind == BuildKind::incremental) {
    const BuildResult first = ready.build;
    keep_log(order.logs);
    applied = co_await apply_order(setup, order, Tree::anew);
    if (!applied) co_return applied.error();
    ready.applied = std::move(*applied);
    built = co_await build_order(setup, order, ready.applied, known);
    if (!built) co_return built.error();
    ready.build = *built;
    ready.build.seconds += first.seconds;
    if (!ready.build.failure) ready.spoilt = *first.failure;
  }
  ready.untestable = ready.build.failure;
  co_return ready;
}

}  // namespace leakbisect::trial
