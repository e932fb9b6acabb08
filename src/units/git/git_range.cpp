#include "units/git/git_range.hpp"

#include "units/git/git_walk.hpp"

#include <algorithm>
#include <filesystem>
#include <unordered_map>

namespace leakbisect::units {
namespace {

using strategies::UnitIndex;

// Ids and modes of the wanted paths in a commit, in one text: equal texts, equal paths.
Result<std::string> print_of(git_commit* commit, const std::vector<std::string>& paths) {
  std::string print;
  if (paths.empty()) return print;
  Tree tree;
  if (make_handle(tree, git_commit_tree, commit) != 0) return git_failure("read a commit's tree");
  for (const std::string& path : paths) {
    if (path.empty()) {
      print.append(to_hex(*git_tree_id(tree.get())));
      continue;
    }
    GitTreeEntry entry;
    const int code = make_handle(entry, git_tree_entry_bypath, tree.get(), path.c_str());
    if (code == GIT_ENOTFOUND) {
      print.push_back('-');
    } else if (code != 0) {
      return git_failure("look up " + path);
    } else {
      print.append(to_hex(*git_tree_entry_id(entry.get())));
      print.append(std::to_string(git_tree_entry_filemode(entry.get())));
    }
  }
  return print;
}

// Reads the parents of every commit, and with paths which parent has them unchanged.
class RangeReader {
 public:
  RangeReader(git_repository* repository, std::vector<std::string> paths, bool first_parent)
      : repository_(repository), paths_(std::move(paths)), first_parent_(first_parent) {}

  Result<Range> read(std::vector<git_oid> oids) {
    range_.oids = std::move(oids);
    range_.same_as.assign(range_.oids.size(), differs);
    positions_.reserve(range_.oids.size());
    for (UnitIndex i = 0; i < range_.oids.size(); ++i) {
      positions_.emplace(range_.oids[i], i);
      if (auto added = add(i); !added) return added.error();
    }
    return std::move(range_);
  }

 private:
  Result<> add(UnitIndex i) {
    Commit commit;
    if (make_handle(commit, git_commit_lookup, repository_, &range_.oids[i]) != 0) {
      return git_failure("read commit " + to_hex(range_.oids[i]));
    }
    const auto print = print_of(commit.get(), paths_);
    if (!print) return print.error();
    prints_.push_back(*print);
    unsigned count = git_commit_parentcount(commit.get());
    if (first_parent_) count = std::min(count, 1U);
    if (count == 0 && !paths_.empty() && *print == std::string(paths_.size(), '-')) {
      range_.same_as[i] = same_as_good;  // a root without the paths adds nothing
    }
    std::vector<UnitIndex> row;
    for (unsigned p = 0; p < count; ++p) {
      const git_oid parent = *git_commit_parent_id(commit.get(), p);
      const auto found = positions_.find(parent);
      if (found != positions_.end()) row.push_back(found->second);
      if (paths_.empty() || range_.same_as[i] != differs) continue;
      const auto same = found != positions_.end() ? prints_[found->second] == *print
                                                  : outside_print(parent) == *print;
      if (same) range_.same_as[i] = found != positions_.end() ? found->second : same_as_good;
    }
    range_.parents.push_row(row);
    return {};
  }

  // An unreadable parent outside of the range counts as different, which keeps the commit.
  std::string outside_print(const git_oid& id) {
    auto [place, added] = outside_.try_emplace(id);
    Commit commit;
    if (added && make_handle(commit, git_commit_lookup, repository_, &id) == 0) {
      if (auto print = print_of(commit.get(), paths_)) place->second = *print;
    }
    return place->second;
  }

  git_repository* repository_;
  std::vector<std::string> paths_;
  bool first_parent_;
  Range range_;
  std::unordered_map<git_oid, UnitIndex, OidHash, OidEqual> positions_;
  std::vector<std::string> prints_;
  std::unordered_map<git_oid, std::string, OidHash, OidEqual> outside_;
};

// "./src/" as git names it in a tree: "src"; the root is "".
std::string tree_path(const std::string& path) {
  std::string plain = std::filesystem::path(path).lexically_normal().generic_string();
  while (plain.ends_with('/')) plain.pop_back();
  return plain == "." ? "" : plain;
}

}  // namespace

Result<Range> read_range(git_repository* repository, const config::GitUnits& units,
                         const git_oid& good, const git_oid& bad) {
  auto walked = walk_range(repository, good, bad, units.first_parent);
  if (!walked) return walked.error();
  if (units.paths.empty()) {
    Range range;
    range.same_as.assign(walked->oids.size(), differs);
    range.oids = std::move(walked->oids);
    range.parents = std::move(walked->parents);
    range.meets_good = walked->meets_good;
    return range;
  }
  std::vector<std::string> paths;
  for (const std::string& path : units.paths) paths.push_back(tree_path(path));
  return RangeReader(repository, std::move(paths), units.first_parent)
      .read(std::move(walked->oids));
}

}  // namespace leakbisect::units
