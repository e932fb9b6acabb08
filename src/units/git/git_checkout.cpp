#include "units/git/git_checkout.hpp"

#include "base/files.hpp"
#include "units/git/git_guard.hpp"
#include "units/git/git_trees.hpp"

#include <array>
#include <optional>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

// Stands in the slot's .git: "busy" while files are changing, the commit afterwards.
constexpr const char* state_name = "leakbisect-slot";
constexpr const char* busy = "busy\n";

fs::path state_file(const fs::path& slot) {
  return slot / ".git" / state_name;
}

// Where the user's objects are; a linked worktree shares those of its main repository.
fs::path object_store(git_repository* source) {
  return fs::canonical(fs::path(git_repository_commondir(source)) / "objects");
}

bool is_usable(const fs::path& slot, const std::string& alternates) {
  const auto state = read_file(state_file(slot));
  const auto borrowed = read_file(slot / ".git/objects/info/alternates");
  return state && *state != busy && borrowed && *borrowed == alternates;
}

// Settings of the user's repository that say how its files look on disk.
Result<> copy_settings(git_repository* source, git_repository* slot) {
  Owned<git_config, git_config_free> from;
  Owned<git_config, git_config_free> to;
  if (make_handle(from, git_repository_config_snapshot, source) != 0 ||
      make_handle(to, git_repository_config, slot) != 0) {
    return git_failure("read the repository's settings");
  }
  for (const char* name : std::array{"core.autocrlf", "core.eol", "core.symlinks"}) {
    const char* value = nullptr;
    if (git_config_get_string(&value, from.get(), name) != 0) continue;
    if (git_config_set_string(to.get(), name, value) != 0) return git_failure("copy a setting");
  }
  const fs::path attributes = fs::path(git_repository_commondir(source)) / "info/attributes";
  if (fs::exists(attributes)) {
    fs::create_directories(fs::path(git_repository_path(slot)) / "info");
    fs::copy_file(attributes, fs::path(git_repository_path(slot)) / "info/attributes",
                  fs::copy_options::overwrite_existing);
  }
  return {};
}

Result<> make_anew(git_repository* source, const fs::path& slot, const std::string& alternates) {
  if (fs::exists(slot) && !fs::is_empty(slot) && !fs::exists(state_file(slot))) {
    return fail("{} holds files that are no trial's: name an empty folder", slot.string());
  }
  fs::remove_all(slot);
  fs::create_directories(slot / ".git");
  if (auto marked = write_atomic(state_file(slot), busy); !marked) return marked;
  git_repository_init_options options{};
  git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
  options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
  options.workdir_path = slot.c_str();
  Repository made;
  const std::string folder = (slot / ".git").string();
  if (make_handle(made, git_repository_init_ext, folder.c_str(), &options) != 0) {
    return git_failure("make a repository in " + slot.string());
  }
  fs::create_directories(slot / ".git/objects/info");
  if (auto lent = write_atomic(slot / ".git/objects/info/alternates", alternates); !lent) {
    return lent;
  }
  return copy_settings(source, made.get());
}

// Checks out in place, and once more from the new HEAD if something is still missing. False when
// the slot has to be made anew.
Result<bool> switch_to(git_repository* slot, git_commit* commit) {
  const git_oid id = *git_commit_id(commit);
  git_checkout_options options{};
  git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
  options.checkout_strategy = GIT_CHECKOUT_FORCE | GIT_CHECKOUT_RECREATE_MISSING;
  for (int attempt = 0; attempt < 2; ++attempt) {
    cut_links(slot, commit);
    const auto* target = reinterpret_cast<git_object*>(commit);
    if (git_checkout_tree(slot, target, &options) != 0) {
      return git_failure("check out " + to_hex(id));
    }
    if (git_repository_set_head_detached(slot, &id) != 0) return git_failure("set a slot's HEAD");
    if (is_complete(slot, commit)) return true;
  }
  return false;
}

// One attempt in the slot as it is; nothing when the slot is not usable.
Result<std::optional<Checkout>> check_out_in_place(const MakeCommit& make, const fs::path& slot) {
  Repository repository;
  if (make_handle(repository, git_repository_open_ext, slot.c_str(),
                  unsigned{GIT_REPOSITORY_OPEN_NO_SEARCH}, nullptr) != 0) {
    return git_failure("open the slot " + slot.string());
  }
  const auto made = make(repository.get());
  if (!made) return made.error();
  const git_oid id = *made;
  // Objects have to come from the handle that checks them out.
  Commit commit;
  if (make_handle(commit, git_commit_lookup, repository.get(), &id) != 0) {
    return git_failure("read commit " + to_hex(id));
  }
  if (auto marked = write_atomic(state_file(slot), busy); !marked) return marked.error();
  const auto moved = switch_to(repository.get(), commit.get());
  if (!moved) return moved.error();
  if (!*moved) return std::optional<Checkout>{};
  if (auto marked = write_atomic(state_file(slot), to_hex(id) + "\n"); !marked) {
    return marked.error();
  }
  auto tracked = tracked_paths(repository.get(), *git_commit_tree_id(commit.get()));
  if (!tracked) return tracked.error();
  Checkout checkout;
  checkout.tree = to_hex(*git_commit_tree_id(commit.get()));
  checkout.tracked = std::move(*tracked);
  return std::optional(std::move(checkout));
}

Result<Checkout> try_check_out(git_repository* source, const MakeCommit& make,
                               const fs::path& slot) {
  const std::string alternates = object_store(source).string() + "\n";
  if (is_usable(slot, alternates)) {
    const auto done = check_out_in_place(make, slot);
    if (done && *done) return **done;
  }
  if (auto made = make_anew(source, slot, alternates); !made) return made.error();
  const auto done = check_out_in_place(make, slot);
  if (!done) return done.error();
  if (!*done) return fail("a checkout is not complete in {}: is the disk full?", slot.string());
  Checkout checkout = **done;
  checkout.fresh = true;
  return checkout;
}

}  // namespace

Result<Checkout> check_out(git_repository* source, const git_oid& commit, const fs::path& slot) {
  return check_out_made(
      source, [&commit](git_repository*) -> Result<git_oid> { return commit; }, slot);
}

std::string content_key_of(const std::string& tree, const fs::path& folder) {
  return folder == "." ? tree : tree + "/" + folder.generic_string();
}

Result<Checkout> check_out_made(git_repository* source, const MakeCommit& make,
                                const fs::path& slot) {
  try {
    return try_check_out(source, make, fs::absolute(slot));
  } catch (const fs::filesystem_error& error) {
    return fail("cannot check out into {}: {}", slot.string(), error.what());
  }
}

}  // namespace leakbisect::units
