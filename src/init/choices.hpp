#pragma once

// Which units the hunt may search: what is possible in this project, and which of it is taken
// unless the user says otherwise.

#include "init/draft.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::init {

enum class UnitKind { commits, components, routes };

/// "commits", "components", "routes".
std::string_view unit_kind_name(UnitKind kind);

struct Choices {
  UnitKind chosen = UnitKind::routes;
  std::vector<UnitKind> possible;  ///< the chosen one among them
  std::string good;                ///< the last release; "": the hunt looks for a good end
  std::size_t commits = 0;         ///< since `good`, or before HEAD
};

/// Looks at the repository around `directory`/draft.folder, at the components and the requests.
/// Commits come first, since they need no switch; then components; then routes, for which a request
/// to a path that is not there is added where the draft has fewer than two.
Choices choose_units(const std::filesystem::path& directory, Draft& draft);

/// Takes another kind; false where it is not possible.
bool choose(Choices& choices, UnitKind kind);

/// One sentence: "12 commits since v1.4".
std::string words_of(const Choices& choices, UnitKind kind, const Draft& draft);

}  // namespace leakbisect::init
