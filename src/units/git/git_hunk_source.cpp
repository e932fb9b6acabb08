#include "units/git/git_hunk_source.hpp"

#include "units/git/content_hash.hpp"
#include "units/git/git_checkout.hpp"
#include "units/git/git_hunks.hpp"
#include "units/git/git_parts.hpp"
#include "units/git/git_trees.hpp"
#include "units/git/git_untouched.hpp"

#include <algorithm>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using strategies::UnitIndex;

// What the hunks are put upon: the tree of one commit, or of two merged. The same in any
// repository that can read both.
struct Base {
  std::vector<git_oid> commits;  // none: the empty tree
  [[nodiscard]] Result<std::optional<git_oid>> tree(git_repository* repository) const {
    if (commits.size() == 2) return merged_tree(repository, commits[0], commits[1]);
    git_oid id;
    if (commits.empty()) {
      Index empty;
      if (make_handle(empty, git_index_new) != 0 ||
          git_index_write_tree_to(&id, empty.get(), repository) != 0)
        return git_failure("write an empty tree");
      return std::optional(id);
    }
    const auto tree = tree_of(repository, commits.front());
    if (!tree) return tree.error();
    return std::optional(*git_tree_id(tree->get()));
  }
};

// A commit, and what its hunks are put upon.
struct Apart {
  git_oid commit;
  Base base;
  GitHunks hunks;
  std::optional<git_oid> carried_to;  // another commit, onto which the change is carried
};

class HunkSource final : public UnitSource {
 public:
  HunkSource(Repository repository, Apart apart, const CommitPlace& place,
             const strategies::SearchSpace& like)
      : repository_(std::move(repository)),
        commit_(apart.commit),
        base_(std::move(apart.base)),
        hunks_(std::move(apart.hunks)),
        carried_to_(apart.carried_to),
        folder_(place.folder),
        fixups_(place.fixups) {
    space_.shape = strategies::Shape::toggles;
    space_.noise = like.noise;
    space_.confidence = like.confidence;
    space_.smallest_slope = like.smallest_slope;
    for (const GitHunk& hunk : hunks_.hunks) {
      space_.names.push_back(hunk.name);
      space_.parents.push_row({});
    }
  }

  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }

  Result<Applied> apply(const strategies::Configuration& configuration,
                        const fs::path& slot) override {
    std::vector<bool> on(space_.size(), true);
    for (const UnitIndex unit : configuration.off) on[unit] = false;
    Applied applied;
    if (carried_to_ || fixups_) {
      const auto made = made_with(repository_.get(), on);
      if (!made) return made.error();
      applied.commands = made->commands;
      if (!made->why_not.empty()) applied.untestable = made->why_not;
      if (applied.untestable) return applied;
    }
    const auto make = [&](git_repository* in_slot) { return make_commit(in_slot, on); };
    const auto checkout = check_out_made(repository_.get(), make, slot);
    if (!checkout) return checkout.error();
    const std::string name = to_hex(commit_);
    applied.placeholders = {{"commit", name}, {"commit_short", name.substr(0, 10)}, {"unit", name}};
    applied.directory = folder_ == "." ? fs::absolute(slot) : fs::absolute(slot) / folder_;
    applied.content_key = content_key_of(checkout->tree, folder_);
    applied.fresh = checkout->fresh;
    applied.top = fs::absolute(slot);
    applied.own = checkout->tracked;
    if (!fs::is_directory(applied.directory))
      applied.untestable = fmt::format("with these hunks there is no folder {}", folder_.string());
    return applied;
  }

  [[nodiscard]] std::string describe(UnitIndex unit) const override {
    const GitHunk& hunk = hunks_.hunks[unit];
    const auto lines = [&](char sign) {
      std::size_t count = 0;
      for (std::size_t at = 0; at < hunk.patch.size();) {
        if (hunk.patch[at] == sign) ++count;
        const auto end = hunk.patch.find('\n', at);
        at = end == std::string::npos ? hunk.patch.size() : end + 1;
      }
      return count;
    };
    return fmt::format("{} (+{} -{})", hunk.name, lines('+'), lines('-'));
  }

  [[nodiscard]] std::string text(UnitIndex unit) const override { return hunks_.hunks[unit].patch; }

  void discard(const fs::path& slot) override {
    std::error_code ignored;
    fs::remove_all(slot, ignored);
  }

 private:
  Result<git_oid> make_commit(git_repository* slot, const std::vector<bool>& on) const {
    if (auto guarded = leave_untouched(slot); !guarded) return guarded.error();
    const auto made = made_with(slot, on);
    if (!made) return made.error();
    if (!made->why_not.empty()) return fail("internal error: {}", made->why_not);
    return write_commit(slot, made->tree);
  }

  // The tree with these hunks and what is done to it, or why it cannot be made.
  Result<Fixups::Fixed> made_with(git_repository* where, const std::vector<bool>& on) const {
    const auto tree = tree_with(where, on);
    if (!tree) return tree.error();
    Fixups::Fixed made;
    if (!*tree) made.why_not = "what these hunks change is not there";
    if (*tree) made.tree = **tree;
    if (!*tree || !fixups_) return made;
    std::vector<git_oid> commits = base_.commits;
    commits.push_back(commit_);
    if (carried_to_) commits = {*carried_to_};
    return fixups_->fixed(where, made.tree, commits);
  }

  // Nothing when the change cannot be carried to where it is wanted.
  Result<std::optional<git_oid>> tree_with(git_repository* where,
                                           const std::vector<bool>& on) const {
    const auto base = base_.tree(where);
    if (!base) return base.error();
    if (!*base) return fail("internal error: a merge that conflicts was taken apart");
    const auto before = tree_of(where, **base);
    if (!before) return before.error();
    const auto tree = write_tree_with(where, before->get(), hunks_, on);
    if (!tree) return tree.error();
    if (!carried_to_) return std::optional(*tree);
    const auto after = tree_of(where, *tree);
    if (!after) return after.error();
    const auto there = tree_of(where, *carried_to_);
    if (!there) return there.error();
    return carried_tree(where, *before, *after, *there);
  }

  Repository repository_;
  git_oid commit_;
  Base base_;
  GitHunks hunks_;
  std::optional<git_oid> carried_to_;
  fs::path folder_;
  std::shared_ptr<const Fixups> fixups_;
  strategies::SearchSpace space_;
};

// The same change, for the good end where that is not the parent itself.
Result<std::unique_ptr<UnitSource>> upon_good(git_repository* repository, const Apart& apart,
                                              const CommitPlace& place,
                                              const strategies::SearchSpace& like) {
  const std::vector<git_oid>& parents = apart.base.commits;
  if (parents.size() != 1 || git_oid_equal(parents.data(), &place.good) != 0)
    return std::unique_ptr<UnitSource>();
  auto reading = open_for_reading(git_repository_path(repository));
  if (!reading) return reading.error();
  Apart carried = apart;
  carried.carried_to = place.good;
  return std::unique_ptr<UnitSource>(
      std::make_unique<HunkSource>(std::move(*reading), std::move(carried), place, like));
}

Result<Inside> inside_of(Repository repository, const git_oid& id, Base base,
                         const CommitPlace& place, const strategies::SearchSpace& like) {
  Inside inside;
  inside.is_merge = base.commits.size() == 2;
  const auto before_id = base.tree(repository.get());
  if (!before_id) return before_id.error();
  if (!*before_id) {
    inside.why_not =
        "it is a merge whose sides conflict: what was written to resolve them cannot be taken off";
    return inside;
  }
  const auto before = tree_of(repository.get(), **before_id);
  if (!before) return before.error();
  const auto after = tree_of(repository.get(), id);
  if (!after) return after.error();
  auto hunks = read_hunks(repository.get(), before->get(), after->get());
  if (!hunks) return hunks.error();
  if (hunks->hunks.empty()) {
    inside.why_not = inside.is_merge ? "it is a merge that changes nothing by itself: what its two "
                                       "sides bring leaks only together"
                                     : "it changes no file";
    return inside;
  }
  if (auto told = describe_parts(repository.get(), before->get(), *hunks, inside); !told)
    return told.error();
  Apart apart{id, std::move(base), std::move(*hunks), std::nullopt};
  auto carried = upon_good(repository.get(), apart, place, like);
  if (!carried) return carried.error();
  inside.upon_good = std::move(*carried);
  inside.source =
      std::make_unique<HunkSource>(std::move(repository), std::move(apart), place, like);
  return inside;
}

}  // namespace

Result<Inside> open_commit(git_repository* repository, const git_oid& commit,
                           const CommitPlace& place, const strategies::SearchSpace& like) {
  auto reading = open_for_reading(git_repository_path(repository));
  if (!reading) return reading.error();
  Commit handle;
  if (make_handle(handle, git_commit_lookup, reading->get(), &commit) != 0)
    return git_failure("read commit " + to_hex(commit));
  Base base;
  for (unsigned i = 0; i < git_commit_parentcount(handle.get()); ++i)
    base.commits.push_back(*git_commit_parent_id(handle.get(), i));
  handle.reset();
  // Searched by first parents, a merge stands for all that it brings to its first one.
  if (like.first_parent && base.commits.size() > 1) base.commits.resize(1);
  if (base.commits.size() > 2) {
    Inside inside;
    inside.is_merge = true;
    inside.why_not = "it merges more than two commits";
    return inside;
  }
  return inside_of(std::move(*reading), commit, std::move(base), place, like);
}

}  // namespace leakbisect::units
