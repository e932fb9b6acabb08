#pragma once

// A project's folder, read only: which files it has, what they say and in which line. Knows no
// ecosystem. Files that are too large to be a person's are taken for empty.
//
// Paths are relative to the folder, with "/" between names.

#include "base/pattern.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::init {

/// Where something was read: "package.json:7", or the file alone where `line` is 0.
struct Place {
  std::string file;
  std::size_t line = 0;
  [[nodiscard]] std::string text() const;
};

/// What an expression found, and where.
struct Match {
  Place place;
  std::vector<std::string> groups;  ///< the whole match, then its groups
};

class Project {
 public:
  explicit Project(std::filesystem::path root);

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] bool has(const std::string& file) const;
  [[nodiscard]] bool has_folder(const std::string& folder) const;
  /// The first of these files that is there; "" for none.
  [[nodiscard]] std::string first_of(const std::vector<std::string>& files) const;
  /// A file's text; "" when it is not there, or larger than 1 MiB.
  [[nodiscard]] const std::string& text(const std::string& file) const;
  /// A JSON file (comments allowed); null when it is not there or broken.
  [[nodiscard]] nlohmann::json json(const std::string& file) const;

  /// The place of the first line of `file` that holds `text`, after the first line that holds
  /// `after`; the file alone when there is none.
  [[nodiscard]] Place place_of(const std::string& file, std::string_view text,
                               std::string_view after = "") const;

  /// The first match of an expression (base/pattern.hpp) within one line of a file. Lines that are
  /// longer than a person writes, and those that begin as a comment, are passed over.
  [[nodiscard]] std::optional<Match> find(const std::string& file,
                                          const std::string& expression) const;
  /// The same for several files, in their order.
  [[nodiscard]] std::optional<Match> find_in(const std::vector<std::string>& files,
                                             const std::string& expression) const;
  /// Every match. Lines that hold none of `needles` are passed over, where there are some: that
  /// takes a tenth of the time.
  [[nodiscard]] std::vector<Match> find_all(const std::string& file, const std::string& expression,
                                            const std::vector<std::string>& needles = {}) const;

  /// Files whose names end in one of these (".js"), sorted, near ones first; without what package
  /// managers and builds leave, hidden folders and tests. At most 2000.
  [[nodiscard]] std::vector<std::string> sources(const std::vector<std::string>& endings) const;
  /// Folders of the top that may be projects of their own.
  [[nodiscard]] std::vector<std::string> folders() const;

 private:
  [[nodiscard]] const std::vector<std::string>& all_files() const;

  [[nodiscard]] const Pattern& compiled(const std::string& expression) const;

  std::filesystem::path root_;
  mutable std::map<std::string, std::string> texts_;
  mutable std::map<std::string, Pattern> expressions_;
  mutable std::optional<std::vector<std::string>> files_;
};

/// `text` without white space around it.
std::string trimmed(std::string_view text);

}  // namespace leakbisect::init
