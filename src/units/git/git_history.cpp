#include "units/git/git_history.hpp"

#include "base/nearest.hpp"
#include "units/git/git_range.hpp"
#include "units/git/git_trees.hpp"

#include <algorithm>
#include <span>

namespace leakbisect::units {
namespace {

using strategies::no_unit;
using strategies::UnitIndex;

std::string shown(const git_oid& id) {
  return to_hex(id).substr(0, 12);
}

// `good` itself where it is an ancestor of `bad`; else the commit where the two part.
Result<git_oid> older_end(git_repository* repository, const git_oid& good, const git_oid& bad) {
  const int descends = git_graph_descendant_of(repository, &bad, &good);
  if (descends == 1) return good;
  if (descends < 0) return git_failure("compare units.git.good with units.git.bad");
  if (git_graph_descendant_of(repository, &good, &bad) == 1) {
    return fail(
        "/units/git/good: {} comes after the bad end {}: the range goes from the older end to the "
        "newer. "
        "Where the older one leaks and the newer is flat, name them \"old\" and \"new\" and look "
        "for what ended the leak with --fix; else exchange them",
        shown(good), shown(bad));
  }
  git_oid base{};
  if (git_merge_base(&base, repository, &good, &bad) != 0) {
    return fail(
        "/units/git/good: {} and the bad end {} share no history: name an ancestor of the bad end",
        shown(good), shown(bad));
  }
  return base;
}

// ": did you mean ..." for the first of `paths` that the newer end does not hold.
std::string like_a_path(git_repository* repository, const git_oid& newer,
                        std::span<const std::string> paths) {
  const auto tree = tree_of(repository, newer);
  if (!tree) return "";
  const auto known = tracked_paths(repository, *git_tree_id(tree->get()));
  if (!known) return "";
  for (const std::string& path : paths) {
    const std::string bare = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
    if (std::ranges::find(*known, bare) != known->end()) continue;
    if (const auto meant = nearest(bare, *known)) return "; did you mean \"" + *meant + "\"?";
  }
  return "";
}

// For every position the position that stands for it (itself when kept), or no_unit.
std::vector<UnitIndex> stand_ins(const Range& range) {
  std::vector<UnitIndex> stands(range.oids.size(), no_unit);
  for (UnitIndex i = 0; i < range.oids.size(); ++i) {
    const UnitIndex same = range.same_as[i];
    if (same == differs) {
      stands[i] = i;
    } else if (same != same_as_good) {
      stands[i] = stands[same];
    }
  }
  return stands;
}

// Keeps the commits that stand for themselves and that the bad end reaches through stand-ins.
void simplify(const Range& range, History& history) {
  const std::vector<UnitIndex> stands = stand_ins(range);
  std::vector<bool> reached(range.oids.size(), false);
  if (stands.back() != no_unit) reached[stands.back()] = true;
  for (auto i = static_cast<UnitIndex>(range.oids.size()); i-- > 0;) {
    if (!reached[i]) continue;
    for (const UnitIndex parent : range.parents.row(i)) {
      if (stands[parent] != no_unit) reached[stands[parent]] = true;
    }
  }
  std::vector<UnitIndex> unit(range.oids.size(), no_unit);
  std::vector<UnitIndex> row;
  for (UnitIndex i = 0; i < range.oids.size(); ++i) {
    if (reached[i]) {
      row.clear();
      for (const UnitIndex parent : range.parents.row(i)) {
        if (stands[parent] != no_unit) row.push_back(unit[stands[parent]]);
      }
      std::sort(row.begin(), row.end());
      row.erase(std::unique(row.begin(), row.end()), row.end());
      unit[i] = static_cast<UnitIndex>(history.oids.size());
      history.oids.push_back(range.oids[i]);
      history.parents.push_row(row);
    }
    const bool lost = stands[i] != no_unit && !reached[stands[i]];
    if (!lost)
      history.unit_of.emplace_back(range.oids[i], stands[i] == no_unit ? no_unit : unit[stands[i]]);
  }
  history.unit_of.emplace_back(history.good, no_unit);
  std::ranges::sort(history.unit_of, [](const auto& a, const auto& b) {
    return git_oid_cmp(&a.first, &b.first) < 0;
  });
}

std::optional<std::string> nearest_tag(git_repository* repository, const std::string& name) {
  git_strarray tags{};
  if (git_tag_list(&tags, repository) != 0) return std::nullopt;
  const std::vector<std::string> known(tags.strings, tags.strings + tags.count);
  git_strarray_dispose(&tags);
  return nearest(name, known);
}

}  // namespace

Result<git_oid> resolve_commit(git_repository* repository, const std::string& revision,
                               std::string_view json_path) {
  Object object;
  Object commit;
  if (make_handle(object, git_revparse_single, repository, revision.c_str()) != 0 ||
      make_handle(commit, git_object_peel, object.get(), GIT_OBJECT_COMMIT) != 0) {
    const std::string why = git_failure("find it").message;
    const auto near = nearest_tag(repository, revision);
    return fail(
        "{}: \"{}\" is no commit of {}: {}{} allowed: a commit, tag or branch such as \"{}\"",
        json_path, revision, git_repository_path(repository), why,
        near ? fmt::format("; did you mean \"{}\"?", *near) : ";", near.value_or("HEAD~20"));
  }
  return *git_object_id(commit.get());
}

Result<History> load_history(git_repository* repository, const config::GitUnits& units) {
  const auto good = resolve_commit(repository, units.good, "/units/git/good");
  if (!good) return good.error();
  const auto bad = resolve_commit(repository, units.bad, "/units/git/bad");
  if (!bad) return bad.error();
  if (OidEqual{}(*good, *bad)) {
    return fail(
        "/units/git/good: \"{}\" and the bad end \"{}\" are both {}; allowed: a commit before it, "
        "such as "
        "\"{}~20\"",
        units.good, units.bad, shown(*good), units.bad);
  }
  History history;
  history.good = *good;
  auto range = read_range(repository, units, *good, *bad);
  if (!range) return range.error();
  // Asking libgit2 is slow in long histories, and mostly the walk has met good already.
  if (!range->meets_good) {
    const auto older = older_end(repository, *good, *bad);
    if (!older) return older.error();
    if (!OidEqual{}(*older, *good)) {
      // A release on a branch of its own: what is searched has to be a line from end to end.
      history.good = *older;
      history.note = fmt::format(
          "{} is on a branch of its own: it and {} part at {}, which is taken for the older end",
          units.good, units.bad, to_hex(*older).substr(0, 10));
      range = read_range(repository, units, *older, *bad);
      if (!range) return range.error();
    }
  }
  history.bad = *bad;
  simplify(*range, history);
  if (history.oids.empty()) {
    return fail(
        "/units/git/paths: none of the {} commits between good and bad touches {}: paths are taken "
        "from the repository's top folder, without wildcards{}",
        range->oids.size(), fmt::join(units.paths, ", "),
        like_a_path(repository, *bad, units.paths));
  }
  return history;
}

}  // namespace leakbisect::units
