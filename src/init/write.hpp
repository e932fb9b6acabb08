#pragma once

// The draft as the text of a hunt file: each value with a comment that says where it comes from.

#include "base/error.hpp"
#include "init/choices.hpp"
#include "init/draft.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace leakbisect::init {

/// What stands where the user has to say something. No program has this name.
inline constexpr const char* fill_in = "FILL_IN";

/// True when nothing has to be filled in.
bool is_complete(const Draft& draft);

/// One thing that was guessed, for the terminal and --json.
struct Said {
  std::string what;   ///< "start"
  std::string value;  ///< "node bin/www"
  std::string why;    ///< "the script "start" in package.json:6"
};
std::vector<Said> summary_of(const std::filesystem::path& directory, const Draft& draft,
                             const Choices& choices);

/// The build command for these units, or "": copies for components bring along what was installed,
/// clones for commits do not.
std::string build_command(const std::filesystem::path& directory, const Draft& draft,
                          UnitKind kind);

/// The text of the hunt file. `directory` is what init was given, `file` where the text will lie.
/// Fails, as an error of ours, where the parser would refuse it.
Result<std::string> hunt_text(const std::filesystem::path& directory,
                              const std::filesystem::path& file, const Draft& draft,
                              const Choices& choices);

}  // namespace leakbisect::init
