#include "units/git/git_walk.hpp"

#include "units/git/commit_graph.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace leakbisect::units {
namespace {

using strategies::UnitIndex;
using Node = std::uint32_t;

using Odb = Owned<git_odb, git_odb_free>;
using OdbObject = Owned<git_odb_object, git_odb_object_free>;

/// Commits as numbers: first those of the commit-graph by position, then others as they are met.
class Commits {
 public:
  explicit Commits(git_repository* repository) : repository_(repository), graph_(repository) {}

  Result<> open() {
    // Each commit is read once: libgit2's cache of objects would only grow.
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_COMMIT, std::size_t{0});
    if (make_handle(odb_, git_repository_odb, repository_) != 0) {
      return git_failure("open the objects of the repository");
    }
    return {};
  }

  Node node(const git_oid& id) {
    if (const auto found = graph_.find(id)) return *found;
    const auto [place, added] =
        numbers_.emplace(id, graph_.size() + static_cast<Node>(others_.size()));
    if (added) others_.push_back(id);
    return place->second;
  }

  [[nodiscard]] git_oid id(Node node) const {
    return node < graph_.size() ? graph_.id(node) : others_[node - graph_.size()];
  }

  /// Numbers given so far.
  [[nodiscard]] std::size_t size() const { return graph_.size() + others_.size(); }

  Result<> parents(Node node, std::vector<Node>& to) {
    to.clear();
    if (node < graph_.size()) {
      if (graph_.parents(node, to)) return {};
      return fail(
          "cannot read the repository's commit-graph: it is damaged; run git commit-graph write "
          "--reachable");
    }
    const git_oid id = others_[node - graph_.size()];
    OdbObject object;
    if (make_handle(object, git_odb_read, odb_.get(), &id) != 0) {
      return unreadable(id);
    }
    std::string_view text(static_cast<const char*>(git_odb_object_data(object.get())),
                          git_odb_object_size(object.get()));
    // "tree <id>\nparent <id>\n...author": the headers of a commit, in this order.
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
    constexpr std::string_view begins = "parent ";
    while (text.starts_with(begins) && text.size() > begins.size() + GIT_OID_HEXSZ) {
      git_oid parent{};
      if (git_oid_fromstrn(&parent, text.data() + begins.size(), GIT_OID_HEXSZ) != 0) break;
      to.push_back(this->node(parent));
      text.remove_prefix(begins.size() + GIT_OID_HEXSZ + 1);
    }
    return {};
  }

 private:
  [[nodiscard]] Error unreadable(const git_oid& id) const {
    if (git_repository_is_shallow(repository_) == 1) {
      return fail("/units/git: the repository is a shallow clone: run git fetch --unshallow");
    }
    return git_failure("read commit " + to_hex(id));
  }

  git_repository* repository_;
  CommitGraph graph_;
  Odb odb_;
  std::unordered_map<git_oid, Node, OidHash, OidEqual> numbers_;
  std::vector<git_oid> others_;
};

class RangeWalk {
 public:
  RangeWalk(git_repository* repository, bool first_parent)
      : commits_(repository), first_parent_(first_parent) {}

  Result<Walked> walk(const git_oid& good, const git_oid& bad) {
    if (auto opened = commits_.open(); !opened) return opened.error();
    good_ = commits_.node(good);
    if (auto hidden = hide(good_); !hidden) return hidden.error();
    if (auto taken = take(commits_.node(bad)); !taken) return taken.error();
    return std::move(walked_);
  }

 private:
  static constexpr UnitIndex unseen = UINT32_MAX;
  static constexpr UnitIndex outside = UINT32_MAX - 1;
  static constexpr UnitIndex open = UINT32_MAX - 2;

  UnitIndex& state(Node node) {
    if (states_.size() <= node)
      states_.resize(std::max<std::size_t>(commits_.size(), node + 1), unseen);
    return states_[node];
  }

  /// Marks a commit and all its ancestors as outside.
  Result<> hide(Node end) {
    std::vector<Node> left{end};
    state(end) = outside;
    while (!left.empty()) {
      const Node node = left.back();
      left.pop_back();
      if (auto read = commits_.parents(node, parents_); !read) return read;
      for (const Node parent : parents_) {
        if (state(parent) == outside) continue;
        state(parent) = outside;
        left.push_back(parent);
      }
    }
    return {};
  }

  /// Depth first; a commit is placed when all its parents are.
  Result<> take(Node end) {
    std::vector<Node> path;
    if (state(end) == unseen) path.push_back(end);
    std::vector<UnitIndex> row;
    while (!path.empty()) {
      const Node node = path.back();
      if (state(node) < open) {
        path.pop_back();
        continue;
      }
      if (auto read = commits_.parents(node, parents_); !read) return read;
      if (first_parent_ && parents_.size() > 1) parents_.resize(1);
      const bool is_new = state(node) == unseen;
      state(node) = open;
      if (is_new && push_unseen(path)) continue;
      row.clear();
      for (const Node parent : parents_) {
        if (state(parent) < open) row.push_back(state(parent));
        walked_.meets_good = walked_.meets_good || parent == good_;
      }
      state(node) = static_cast<UnitIndex>(walked_.oids.size());
      walked_.oids.push_back(commits_.id(node));
      walked_.parents.push_row(row);
      path.pop_back();
    }
    return {};
  }

  /// The first parent is followed first: its line stays together.
  bool push_unseen(std::vector<Node>& path) {
    bool pushed = false;
    for (auto parent = parents_.rbegin(); parent != parents_.rend(); ++parent) {
      if (state(*parent) != unseen) continue;
      path.push_back(*parent);
      pushed = true;
    }
    return pushed;
  }

  Commits commits_;
  bool first_parent_;
  Node good_ = 0;
  std::vector<UnitIndex> states_;
  std::vector<Node> parents_;
  Walked walked_;
};

}  // namespace

Result<Walked> walk_range(git_repository* repository, const git_oid& good, const git_oid& bad,
                          bool first_parent) {
  return RangeWalk(repository, first_parent).walk(good, bad);
}

}  // namespace leakbisect::units
