#include "units/git/git_twins.hpp"

#include "units/git/twin_words.hpp"

#include <algorithm>
#include <optional>

namespace leakbisect::units {
namespace {

using Diff = Owned<git_diff, git_diff_free>;
using strategies::UnitIndex;

// Beyond these, only the messages are compared: a patch takes about a millisecond.
constexpr std::size_t most_patches = 4000;
constexpr std::size_t most_messages = 50'000;

std::optional<Commit> commit_of(git_repository* repository, std::string_view name) {
  git_oid id;
  Commit commit;
  if (git_oid_fromstrn(&id, name.data(), name.size()) != 0 ||
      make_handle(commit, git_commit_lookup, repository, &id) != 0)
    return std::nullopt;
  return commit;
}

// Of a commit with one parent that changes something.
std::optional<git_oid> patch_id_of(git_repository* repository, git_commit* commit) {
  if (git_commit_parentcount(commit) != 1) return std::nullopt;
  Commit parent;
  Tree before;
  Tree after;
  Diff diff;
  git_oid id;
  if (make_handle(parent, git_commit_parent, commit, 0U) != 0 ||
      make_handle(before, git_commit_tree, parent.get()) != 0 ||
      make_handle(after, git_commit_tree, commit) != 0 ||
      make_handle(diff, git_diff_tree_to_tree, repository, before.get(), after.get(), nullptr) != 0)
    return std::nullopt;
  if (git_diff_num_deltas(diff.get()) == 0 || git_diff_patchid(&id, diff.get(), nullptr) != 0)
    return std::nullopt;
  return id;
}

// For each unit, the place on the first-parent line of the commit that brought it.
std::vector<std::size_t> brought_at(const strategies::SearchSpace& space) {
  std::vector<UnitIndex> line;
  for (auto unit = static_cast<UnitIndex>(space.size() - 1);;) {
    line.push_back(unit);
    const auto parents = strategies::parents_of(space, unit);
    if (parents.empty()) break;
    unit = parents.front();
  }
  std::vector<std::size_t> at(space.size(), line.size());
  for (std::size_t place = 0; place < line.size(); ++place) {
    std::vector<UnitIndex> open{line[line.size() - 1 - place]};
    while (!open.empty()) {
      const UnitIndex unit = open.back();
      open.pop_back();
      if (at[unit] < line.size()) continue;
      at[unit] = place;
      for (const UnitIndex parent : strategies::parents_of(space, unit)) open.push_back(parent);
    }
  }
  return at;
}

}  // namespace

std::vector<Twin> find_twins(git_repository* repository, const strategies::SearchSpace& space,
                             UnitIndex unit) {
  std::vector<Twin> twins;
  const std::string own_name(space.names[unit]);
  const auto own = commit_of(repository, own_name);
  if (!own || space.size() > most_messages) return twins;
  const std::string own_message = git_commit_message(own->get());
  const auto own_patch = patch_id_of(repository, own->get());
  for (UnitIndex other = 0; other < space.size(); ++other) {
    if (other == unit) continue;
    const std::string name(space.names[other]);
    const auto commit = commit_of(repository, name);
    if (!commit) continue;
    std::string why =
        relation_of({name, git_commit_message(commit->get())}, {own_name, own_message});
    if (why.empty() && own_patch && space.size() <= most_patches) {
      const auto patch = patch_id_of(repository, commit->get());
      if (patch && git_oid_equal(&*patch, &*own_patch) == 1) why = "makes the same change";
    }
    if (!why.empty()) twins.push_back({other, std::move(why), false});
  }
  if (twins.empty()) return twins;
  const std::vector<std::size_t> at = brought_at(space);
  const auto place = [&](UnitIndex each) { return std::pair(at[each], each); };
  for (Twin& twin : twins) twin.is_older = place(twin.unit) < place(unit);
  std::ranges::sort(twins, {}, [&](const Twin& twin) { return place(twin.unit); });
  return twins;
}

}  // namespace leakbisect::units
