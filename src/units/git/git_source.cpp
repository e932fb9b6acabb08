#include "units/git/git_checkout.hpp"
#include "units/git/git_fixups.hpp"
#include "units/git/git_history.hpp"
#include "units/git/git_hunk_source.hpp"
#include "units/git/git_notes.hpp"
#include "units/git/git_older_ends.hpp"
#include "units/git/git_open.hpp"
#include "units/git/git_trees.hpp"
#include "units/git/git_twins.hpp"
#include "units/git/git_untouched.hpp"
#include "units/sources.hpp"

#include <algorithm>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;
using strategies::no_unit;
using strategies::UnitIndex;

class GitSource final : public UnitSource {
 public:
  GitSource(Repository repository, History history, strategies::SearchSpace space)
      : repository_(std::move(repository)), history_(std::move(history)), space_(std::move(space)) {
    space_.names.reserve(history_.oids.size());
    for (const git_oid& id : history_.oids) space_.names.push_back(to_hex(id));
    history_.oids = {};
    space_.parents = std::move(history_.parents);
  }

  /// What is done to commits before they are tried.
  void use_fixups(std::unique_ptr<Fixups> fixups) { fixups_ = std::move(fixups); }

  /// What is to be said of how the subject is started.
  void warn(std::optional<std::string> beside) { beside_ = std::move(beside); }

  /// Commits are checked out only for a subject; `folder` is its place below the top folder.
  void use_subject(fs::path folder) { folder_ = std::move(folder); }

  [[nodiscard]] git_repository* repository() const { return repository_.get(); }

  [[nodiscard]] const strategies::SearchSpace& space() const override { return space_; }

  Result<Applied> apply(const strategies::Configuration& configuration,
                        const fs::path& slot) override {
    const git_oid id = id_of(configuration.commit);
    Applied applied = named(id);
    if (!folder_) {
      const char* top = git_repository_workdir(repository_.get());
      applied.directory = top != nullptr ? top : git_repository_path(repository_.get());
      return applied;
    }
    if (fixups_) {
      const auto fixed = fix(id, applied);
      if (!fixed) return fixed.error();
      if (applied.untestable) return applied;
    }
    const auto checkout = check_out_fixed(id, slot);
    if (!checkout) return checkout.error();
    applied.directory = *folder_ == "." ? fs::absolute(slot) : fs::absolute(slot) / *folder_;
    applied.content_key = content_key_of(checkout->tree, *folder_);
    applied.fresh = checkout->fresh;
    applied.top = fs::absolute(slot);
    applied.own = checkout->tracked;
    if (!fs::is_directory(applied.directory)) {
      applied.untestable =
          fmt::format("commit {} has no folder {}", to_hex(id).substr(0, 10), folder_->string());
    }
    return applied;
  }

  std::optional<Applied> preview(const strategies::Configuration& configuration) override {
    const git_oid id = id_of(configuration.commit);
    Commit commit;
    if (!folder_ || make_handle(commit, git_commit_lookup, repository_.get(), &id) != 0)
      return std::nullopt;
    Applied applied = named(id);
    git_oid tree = *git_commit_tree_id(commit.get());
    if (fixups_) {
      const auto fixed = fix(id, applied);
      if (!fixed) return std::nullopt;
      tree = fixed->tree;
    }
    applied.content_key = content_key_of(to_hex(tree), *folder_);
    return applied;
  }

  [[nodiscard]] std::string describe(UnitIndex unit) const override {
    return describe_commit(repository_.get(), id_of(unit));
  }

  [[nodiscard]] std::string label(UnitIndex unit) const override {
    if (unit >= history_.releases.size() || history_.releases[unit].empty())
      return UnitSource::label(unit);
    const std::string& release = history_.releases[unit];
    return history_.branched[unit] ? fmt::format("where {} branched off", release) : release;
  }

  [[nodiscard]] Result<std::optional<UnitIndex>> resolve(std::string_view name) const override {
    const auto id = resolve_commit(repository_.get(), std::string(name), "the unit");
    if (!id) return std::optional<UnitIndex>{};
    const auto found = std::ranges::lower_bound(
        history_.unit_of, *id,
        [](const git_oid& a, const git_oid& b) { return git_oid_cmp(&a, &b) < 0; },
        [](const auto& entry) { return entry.first; });
    if (found != history_.unit_of.end() && git_oid_equal(&found->first, &*id) == 1)
      return std::optional(found->second);
    return fail("commit {} ({}) is not searched: it does not lie between good {} and bad {}{}",
                to_hex(*id).substr(0, 10), name, to_hex(history_.good).substr(0, 10),
                to_hex(history_.bad).substr(0, 10),
                space_.first_parent ? " on the first-parent line" : "");
  }

  [[nodiscard]] std::vector<std::string> warnings() const override {
    std::vector<std::string> all;
    if (folder_) all = repository_warnings(repository_.get(), history_.bad);
    if (!history_.note.empty()) all.push_back(history_.note);
    if (beside_) all.push_back(*beside_);
    return all;
  }

  [[nodiscard]] Result<Inside> inside(UnitIndex unit) const override {
    return inside_upon(unit, no_unit);
  }

  [[nodiscard]] Result<Inside> inside_upon(UnitIndex unit, UnitIndex upon) const override {
    Inside none;
    none.why_not = "an oracle is told of commits, not of hunks";
    if (!folder_) return none;
    return open_commit(repository_.get(), id_of(unit), {*folder_, id_of(upon), fixups_}, space_);
  }

  [[nodiscard]] std::vector<Twin> twins(UnitIndex unit) const override {
    return find_twins(repository_.get(), space_, unit);
  }

  [[nodiscard]] std::string good_end_name() const override { return to_hex(history_.good); }

  void discard(const fs::path& slot) override {
    std::error_code ignored;
    fs::remove_all(slot, ignored);
  }

 private:
  static Applied named(const git_oid& id) {
    const std::string name = to_hex(id);
    Applied applied;
    applied.placeholders = {{"commit", name}, {"commit_short", name.substr(0, 10)}, {"unit", name}};
    return applied;
  }

  // What is done to the commit, with its commands in `applied`, or why it cannot be.
  Result<Fixups::Fixed> fix(const git_oid& id, Applied& applied) const {
    auto fixed = fixups_->preview(id);
    if (!fixed) return fixed;
    applied.commands = fixed->commands;
    if (!fixed->why_not.empty()) applied.untestable = fixed->why_not;
    return fixed;
  }

  Result<Checkout> check_out_fixed(const git_oid& id, const fs::path& slot) const {
    if (!fixups_) return check_out(repository_.get(), id, slot);
    const auto make = [&](git_repository* in_slot) -> Result<git_oid> {
      if (auto guarded = leave_untouched(in_slot); !guarded) return guarded.error();
      const auto fixed = fixups_->fixed(in_slot, id);
      if (!fixed) return fixed.error();
      if (!fixed->is_patched) return id;
      return write_commit(in_slot, fixed->tree);
    };
    return check_out_made(repository_.get(), make, slot);
  }

  [[nodiscard]] git_oid id_of(UnitIndex unit) const {
    git_oid id = history_.good;
    if (unit != no_unit) git_oid_fromstr(&id, space_.names[unit].c_str());
    return id;
  }

  Repository repository_;
  History history_;
  strategies::SearchSpace space_;
  std::optional<fs::path> folder_;
  std::optional<std::string> beside_;
  std::shared_ptr<const Fixups> fixups_;
};

// The subject's place below the repository's top folder. A subject that only stands for the hunt
// file's own folder (its default) means the top folder when it lies elsewhere.
Result<fs::path> folder_of(const config::HuntFile& hunt, git_repository* repository) {
  const char* top = git_repository_workdir(repository);
  const fs::path subject = fs::weakly_canonical(hunt.subject->directory);
  if (top != nullptr) {
    const fs::path folder = subject.lexically_relative(fs::canonical(top));
    if (!folder.empty() && *folder.begin() != "..") return folder;
  }
  if (hunt.subject->directory.empty() || subject == fs::weakly_canonical(hunt.file.parent_path())) {
    return fs::path(".");
  }
  return fail("subject.directory: {} lies outside of the repository {}: name a folder in it",
              subject.string(), top != nullptr ? top : git_repository_path(repository));
}

// `history` as the units of the hunt.
Result<std::unique_ptr<UnitSource>> source_of(const config::HuntFile& hunt, Repository repository,
                                              History history, const config::GitUnits& units) {
  strategies::SearchSpace space = empty_space(hunt, strategies::Shape::history);
  space.first_parent = units.first_parent;
  std::optional<fs::path> folder;
  if (hunt.subject) {
    auto found = folder_of(hunt, repository.get());
    if (!found) return found.error();
    folder = *found;
  }
  auto source =
      std::make_unique<GitSource>(std::move(repository), std::move(history), std::move(space));
  if (folder) source->use_subject(*folder);
  source->warn(started_from_checkout(hunt, source->repository()));
  if (!units.fixups.empty()) {
    auto fixups = Fixups::load(source->repository(), units.fixups);
    if (!fixups) return fixups.error();
    source->use_fixups(std::move(*fixups));
  }
  return source;
}

}  // namespace

Result<std::unique_ptr<UnitSource>> make_git_source(const config::HuntFile& hunt,
                                                    const config::GitUnits& units) {
  auto repository = open_repository(hunt, units);
  if (!repository) return repository.error();
  auto history = units.good.empty() ? load_older_ends(repository->get(), units)
                                    : load_history(repository->get(), units);
  if (!history) return history.error();
  return source_of(hunt, std::move(*repository), std::move(*history), units);
}

Result<std::unique_ptr<UnitSource>> make_commit_source(const config::HuntFile& hunt,
                                                       const config::GitUnits& units,
                                                       const std::string& revision) {
  auto repository = open_repository(hunt, units);
  if (!repository) return repository.error();
  const auto id = resolve_commit(repository->get(), revision, "--commit");
  if (!id) return id.error();
  History history;
  history.good = history.bad = *id;
  history.oids.push_back(*id);
  history.parents.push_row({});
  history.unit_of.emplace_back(*id, 0);
  return source_of(hunt, std::move(*repository), std::move(history), units);
}

}  // namespace leakbisect::units
