#include "units/git/git_notes.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>

namespace leakbisect::units {
namespace {

constexpr std::size_t longest_line = 100;  // code points; git's own advice for a subject is 50

// One line that cannot steer a terminal: controls and bidirectional overrides become a blank. A
// message without an empty line after its subject is a subject of many lines: it is cut.
std::string plain_line(std::string_view text) {
  std::string line;
  for (std::size_t length = 0; !text.empty(); ++length) {
    if (length == longest_line) return line + "...";
    const char32_t c = take_code_point(text);
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    const bool bidirectional =
        (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
    append_utf8(line, control || bidirectional ? U' ' : c);
  }
  return line;
}

std::string day_of(git_time_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return "no date";
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

bool uses_lfs(git_repository* repository, git_tree* tree) {
  GitTreeEntry entry;
  Owned<git_blob, git_blob_free> blob;
  if (make_handle(entry, git_tree_entry_bypath, tree, ".gitattributes") != 0 ||
      make_handle(blob, git_blob_lookup, repository, git_tree_entry_id(entry.get())) != 0) {
    return false;
  }
  const std::string_view text(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                              git_blob_rawsize(blob.get()));
  return text.find("filter=lfs") != std::string_view::npos;
}

// Languages whose programs load what lies beside them.
bool loads_neighbours(const std::filesystem::path& file) {
  static const std::array endings{".py", ".js",  ".mjs", ".cjs", ".ts",
                                  ".rb", ".php", ".pl",  ".lua"};
  return std::ranges::find(endings, file.extension().string()) != endings.end();
}

}  // namespace

std::optional<std::string> started_from_checkout(const config::HuntFile& hunt,
                                                 git_repository* repository) {
  namespace fs = std::filesystem;
  const char* top = git_repository_workdir(repository);
  if (!hunt.subject || top == nullptr) return std::nullopt;
  static constexpr std::string_view placeholder = "{hunt_directory}";
  for (std::string word : hunt.subject->start.argv) {
    if (word.starts_with(placeholder))
      word.replace(0, placeholder.size(), hunt.file.parent_path().string());
    std::error_code failed;
    if (!word.starts_with('/') || !loads_neighbours(word) || !fs::is_regular_file(word, failed))
      continue;
    const fs::path below = fs::weakly_canonical(word).lexically_relative(fs::canonical(top));
    if (below.empty() || *below.begin() == "..") continue;
    return fmt::format(
        "subject.start runs {} of your checkout, the same file in every trial: what it loads from "
        "beside itself is your checkout, not the commit under test. Move it out of the repository, "
        "and let it load what is tested from its working directory",
        below.string());
  }
  return std::nullopt;
}

std::string describe_commit(git_repository* repository, const git_oid& id) {
  std::string name = to_hex(id).substr(0, 10);
  Commit commit;
  if (make_handle(commit, git_commit_lookup, repository, &id) != 0) return name;
  const char* summary = git_commit_summary(commit.get());
  const git_signature* author = git_commit_author(commit.get());
  return fmt::format("{} {} ({}, {})", name, plain_line(summary != nullptr ? summary : ""),
                     plain_line(author->name), day_of(author->when.time));
}

bool has_changes(git_repository* repository) {
  git_status_options options{};
  git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
  options.flags = GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
  StatusList list;
  return make_handle(list, git_status_list_new, repository, &options) == 0 &&
         git_status_list_entrycount(list.get()) > 0;
}

std::vector<std::string> repository_warnings(git_repository* repository, const git_oid& bad) {
  std::vector<std::string> warnings;
  if (git_repository_workdir(repository) != nullptr && has_changes(repository)) {
    warnings.emplace_back(
        "The checkout has uncommitted changes; trials see commits only: commit what the bad end "
        "needs.");
  }
  Commit commit;
  Tree tree;
  if (make_handle(commit, git_commit_lookup, repository, &bad) != 0 ||
      make_handle(tree, git_commit_tree, commit.get()) != 0) {
    return warnings;
  }
  if (git_tree_entry_byname(tree.get(), ".gitmodules") != nullptr) {
    warnings.emplace_back(
        "The repository has submodules, which stay empty in the trials: let the build fetch them "
        "(git submodule update --init).");
  }
  if (uses_lfs(repository, tree.get())) {
    warnings.emplace_back(
        "The repository uses Git LFS; trials hold pointers instead of contents: let the build "
        "fetch them (git lfs pull).");
  }
  return warnings;
}

}  // namespace leakbisect::units
