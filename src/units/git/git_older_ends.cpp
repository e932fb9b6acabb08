#include "units/git/git_older_ends.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <unordered_set>

namespace leakbisect::units {
namespace {

using Known = std::unordered_set<git_oid, OidHash, OidEqual>;

// Bad's ancestors on the first-parent line, newest first, without bad.
Result<std::vector<git_oid>> first_parents(git_repository* repository, const git_oid& bad) {
  std::vector<git_oid> line;
  Revwalk walk;
  if (make_handle(walk, git_revwalk_new, repository) != 0 ||
      git_revwalk_push(walk.get(), &bad) != 0 || git_revwalk_simplify_first_parent(walk.get()) != 0)
    return git_failure("walk the history of units.git.bad");
  git_oid id{};
  int code = 0;
  while ((code = git_revwalk_next(&id, walk.get())) == 0) line.push_back(id);
  if (code != GIT_ITEROVER) return git_failure("walk the history of units.git.bad");
  if (!line.empty()) line.erase(line.begin());
  return line;
}

Result<Known> ancestors(git_repository* repository, const git_oid& bad) {
  Known known;
  Revwalk walk;
  if (make_handle(walk, git_revwalk_new, repository) != 0 ||
      git_revwalk_push(walk.get(), &bad) != 0)
    return git_failure("walk the history of units.git.bad");
  git_oid id{};
  while (git_revwalk_next(&id, walk.get()) == 0) known.insert(id);
  known.erase(bad);
  return known;
}

struct Tagged {
  git_repository* repository;
  std::map<std::vector<long>, std::pair<git_oid, std::string>> releases;
};

struct Candidates {
  std::vector<git_oid> oids;  // oldest first
  std::vector<std::string> releases;
  std::vector<bool> branched;
};

int add_release(const char* name, git_oid*, void* payload) {
  auto& tagged = *static_cast<Tagged*>(payload);
  std::string_view tag = name;
  if (tag.starts_with("refs/tags/")) tag.remove_prefix(std::string_view("refs/tags/").size());
  const auto version = release_of(tag);
  Object object;
  Object commit;
  if (!version || make_handle(object, git_revparse_single, tagged.repository, name) != 0 ||
      make_handle(commit, git_object_peel, object.get(), GIT_OBJECT_COMMIT) != 0)
    return 0;
  tagged.releases.emplace(*version, std::pair(*git_object_id(commit.get()), std::string(tag)));
  return 0;
}

// What bad holds of a release: the release itself, or the commit where its own branch begins.
// Nothing where the release came after bad, or shares no history with it.
std::optional<git_oid> held_of(git_repository* repository, const Known& known, const git_oid& bad,
                               git_oid id) {
  while (git_oid_equal(&id, &bad) == 0) {
    if (known.contains(id)) return id;
    Commit commit;
    if (make_handle(commit, git_commit_lookup, repository, &id) != 0 ||
        git_commit_parentcount(commit.get()) == 0)
      return std::nullopt;
    id = *git_commit_parent_id(commit.get(), 0);
  }
  return std::nullopt;
}

// Oldest version first. A branch that begins before the release that comes before it is left out:
// what is looked through has to be a line.
Result<Candidates> releases_before(git_repository* repository, const git_oid& bad) {
  Tagged tagged{repository, {}};
  Candidates found;
  if (git_tag_foreach(repository, add_release, &tagged) != 0)
    return git_failure("list the tags of the repository");
  if (tagged.releases.empty()) return found;
  const auto known = ancestors(repository, bad);
  if (!known) return known.error();
  Known taken;
  for (const auto& [version, release] : tagged.releases) {
    const auto held = held_of(repository, *known, bad, release.first);
    if (!held) continue;
    const bool branched = git_oid_equal(&*held, &release.first) == 0;
    if (branched && !found.oids.empty() &&
        git_graph_descendant_of(repository, &*held, &found.oids.back()) != 1)
      continue;
    if (!taken.insert(*held).second) continue;
    found.oids.push_back(*held);
    found.releases.push_back(release.second);
    found.branched.push_back(branched);
  }
  return found;
}

// Oldest first.
std::vector<git_oid> at_doubling_distances(const std::vector<git_oid>& line) {
  std::vector<git_oid> found;
  for (std::size_t distance = 1; distance < line.size(); distance *= 2)
    found.push_back(line[distance - 1]);
  if (!line.empty()) found.push_back(line.back());
  std::ranges::reverse(found);
  return found;
}

// Of the bad end's ancestors at doubling distances those that came after the newest release.
void add_since_release(git_repository* repository, const std::vector<git_oid>& line,
                       Candidates& found) {
  const git_oid newest = found.oids.back();
  for (const git_oid& id : at_doubling_distances(line)) {
    if (git_graph_descendant_of(repository, &id, &newest) != 1) continue;
    found.oids.push_back(id);
    found.releases.emplace_back();
    found.branched.push_back(false);
  }
}

}  // namespace

std::optional<std::vector<long>> release_of(std::string_view tag) {
  const std::size_t first = tag.find_first_of("0123456789");
  if (first == std::string_view::npos) return std::nullopt;
  std::vector<long> version;
  const char* at = tag.data() + first;
  const char* const end = tag.data() + tag.size();
  while (at < end) {
    long number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc() || version.size() > 8) return std::nullopt;
    version.push_back(number);
    at = rest;
    if (at == end) return version;
    if (*at != '.' && *at != '_') return std::nullopt;
    ++at;
  }
  return std::nullopt;
}

Result<History> load_older_ends(git_repository* repository, const config::GitUnits& units) {
  const auto bad = resolve_commit(repository, units.bad, "/units/git/bad");
  if (!bad) return bad.error();
  auto found = releases_before(repository, *bad);
  if (!found) return found.error();
  const auto line = first_parents(repository, *bad);
  if (!line) return line.error();
  if (found->oids.empty())
    found->oids = at_doubling_distances(*line);
  else
    add_since_release(repository, *line, *found);
  if (found->oids.empty())
    return fail("/units/git: no commit comes before bad {}: there is nothing to search",
                to_hex(*bad).substr(0, 12));
  History history;
  history.good = found->oids.front();
  history.bad = *bad;
  history.oids = std::move(found->oids);
  history.releases = std::move(found->releases);
  history.branched = std::move(found->branched);
  history.oids.push_back(*bad);
  for (strategies::UnitIndex unit = 0; unit < history.oids.size(); ++unit) {
    std::vector<strategies::UnitIndex> row;
    if (unit > 0) row.push_back(unit - 1);
    history.parents.push_row(row);
    history.unit_of.emplace_back(history.oids[unit], unit);
  }
  std::ranges::sort(history.unit_of, [](const auto& a, const auto& b) {
    return git_oid_cmp(&a.first, &b.first) < 0;
  });
  return history;
}

}  // namespace leakbisect::units
