#include "init/choices.hpp"

#include "units/git/git_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace leakbisect::init {
namespace {

constexpr std::size_t fewest_commits = 2;  // before HEAD

void look_at_commits(const std::filesystem::path& folder, Draft& draft, Choices& choices) {
  const auto repository = units::summarize_repository(folder);
  if (!repository) return;
  if (!repository->holds_folder) {
    draft.notes.push_back(
        "HEAD of the git repository around it does not hold this folder: commit it, and its "
        "commits "
        "can be searched");
    return;
  }
  const bool has_release = !repository->release.empty() && repository->since_it >= fewest_commits;
  choices.good = has_release ? repository->release : "";
  choices.commits = has_release ? repository->since_it : repository->older;
  if (choices.commits < fewest_commits) return;
  choices.possible.push_back(UnitKind::commits);
  if (repository->has_changes)
    draft.notes.push_back(
        "there are changes that are not committed; a hunt in commits does not see them");
  std::error_code failed;
  if (std::filesystem::exists(folder / ".env", failed))
    draft.notes.push_back(
        ".env is read by your server, and no commit holds it: write what it needs of it as "
        "subject.env");
}

}  // namespace

std::string_view unit_kind_name(UnitKind kind) {
  return kind == UnitKind::commits      ? "commits"
         : kind == UnitKind::components ? "components"
                                        : "routes";
}

Choices choose_units(const std::filesystem::path& directory, Draft& draft) {
  Choices choices;
  look_at_commits(draft.folder == "." ? directory : directory / draft.folder, draft, choices);
  if (count_units(draft) >= 2) choices.possible.push_back(UnitKind::components);
  choices.possible.push_back(UnitKind::routes);
  choices.chosen = choices.possible.front();
  if (draft.requests.empty())
    draft.requests.push_back({config::HttpRequest{}, "every server has one"});
  return choices;
}

bool choose(Choices& choices, UnitKind kind) {
  if (std::ranges::find(choices.possible, kind) == choices.possible.end()) return false;
  choices.chosen = kind;
  return true;
}

std::string words_of(const Choices& choices, UnitKind kind, const Draft& draft) {
  if (kind == UnitKind::components)
    return fmt::format("{} components: which one leaks?", count_units(draft));
  if (kind == UnitKind::routes)
    return fmt::format("{} requests of the load: which one leaks?",
                       std::max<std::size_t>(2, draft.requests.size()));
  if (choices.good.empty())
    return fmt::format(
        "{} commits before HEAD: which one brought the leak? No release is tagged, "
        "so the hunt looks for a good end itself",
        choices.commits);
  return fmt::format("{} commits since {}: which one brought the leak?", choices.commits,
                     choices.good);
}

}  // namespace leakbisect::init
