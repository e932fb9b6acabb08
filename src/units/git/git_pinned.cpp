#include "units/git/git_history.hpp"
#include "units/git/git_open.hpp"
#include "units/pinned.hpp"

namespace leakbisect::units {

Result<PinnedEnds> pinned_ends(const config::HuntFile& hunt) {
  const auto* git = std::get_if<config::GitUnits>(&hunt.units);
  if (git == nullptr) return PinnedEnds{};
  const auto repository = open_repository(hunt, *git);
  if (!repository) return repository.error();
  PinnedEnds ends;
  const auto bad = resolve_commit(repository->get(), git->bad, "/units/git/bad");
  if (!bad) return bad.error();
  ends.bad = to_hex(*bad);
  if (git->good.empty()) return ends;
  const auto good = resolve_commit(repository->get(), git->good, "/units/git/good");
  if (!good) return good.error();
  ends.good = to_hex(*good);
  return ends;
}

config::HuntFile between(config::HuntFile hunt, const PinnedEnds& ends) {
  auto* git = std::get_if<config::GitUnits>(&hunt.units);
  if (git == nullptr || ends.bad.empty()) return hunt;
  git->bad = ends.bad;
  git->good = ends.good;
  return hunt;
}

}  // namespace leakbisect::units
