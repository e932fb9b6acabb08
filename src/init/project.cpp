#include "init/project.hpp"

#include "base/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace leakbisect::init {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 2000;
constexpr int deepest = 8;
constexpr std::uintmax_t largest_file = 1 << 20;
constexpr std::size_t longest_line = 500;  // longer ones no person has written

bool is_made_or_foreign(const std::string& name) {
  static const std::set<std::string> names{
      "node_modules", "vendor",      "target",           "dist", "build", "out",      "venv",
      "__pycache__",  "coverage",    "bower_components", "test", "tests", "spec",     "__tests__",
      "migrations",   "third_party", "external",         "docs", "doc",   "examples", "deps"};
  return name.front() == '.' || names.contains(name) || name.starts_with("build-") ||
         name.starts_with("cmake-build") || name.starts_with("leakbisect-out") ||
         name.ends_with(".egg-info");
}

std::vector<std::string> walk(const fs::path& root) {
  std::vector<std::pair<int, std::string>> found;
  std::error_code failed;
  fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, failed);
  for (; !failed && it != fs::recursive_directory_iterator() && found.size() < most_files;
       it.increment(failed)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (it->is_directory(ignored)) {
      if (is_made_or_foreign(name) || it.depth() >= deepest || it->is_symlink(ignored))
        it.disable_recursion_pending();
    } else if (it->is_regular_file(ignored) && name.front() != '.') {
      found.emplace_back(it.depth(), it->path().lexically_relative(root).generic_string());
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> files;
  files.reserve(found.size());
  for (auto& [depth, file] : found) files.push_back(std::move(file));
  return files;
}

// Calls `look` with each line and its number until it says false.
template <class Look>
void for_lines(std::string_view text, Look look) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    if (!look(text.substr(0, end), number)) return;
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

bool is_comment(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos) return true;
  line.remove_prefix(first);
  return line.starts_with("//") || line.starts_with("* ") || line.starts_with("/*") ||
         line.starts_with("# ") || line.starts_with("##");
}

}  // namespace

std::string Place::text() const {
  return line == 0 ? file : file + ":" + std::to_string(line);
}

Project::Project(fs::path root) : root_(std::move(root)) {}

bool Project::has(const std::string& file) const {
  std::error_code failed;
  return !file.empty() && fs::is_regular_file(root_ / file, failed);
}

bool Project::has_folder(const std::string& folder) const {
  std::error_code failed;
  return fs::is_directory(root_ / folder, failed);
}

std::string Project::first_of(const std::vector<std::string>& files) const {
  const auto found = std::ranges::find_if(files, [&](const auto& file) { return has(file); });
  return found == files.end() ? "" : *found;
}

const std::string& Project::text(const std::string& file) const {
  const auto [entry, is_new] = texts_.try_emplace(file);
  std::error_code failed;
  if (is_new && has(file) && fs::file_size(root_ / file, failed) <= largest_file)
    entry->second = read_if_there(root_ / file);
  return entry->second;
}

nlohmann::json Project::json(const std::string& file) const {
  auto parsed = nlohmann::json::parse(text(file), nullptr, false, true);
  return parsed.is_discarded() ? nlohmann::json() : parsed;
}

Place Project::place_of(const std::string& file, std::string_view wanted,
                        std::string_view after) const {
  Place place{file, 0};
  bool is_behind = after.empty();
  for_lines(text(file), [&](std::string_view line, std::size_t number) {
    if (!is_behind) {
      const auto at = line.find(after);
      if (at == std::string_view::npos) return true;
      is_behind = true;
      line.remove_prefix(at + after.size());
    }
    if (line.find(wanted) == std::string_view::npos) return true;
    place.line = number;
    return false;
  });
  return place;
}

const Pattern& Project::compiled(const std::string& expression) const {
  const auto found = expressions_.find(expression);
  if (found != expressions_.end()) return found->second;
  auto made = Pattern::make(expression, Pattern::Text::bytes);
  return expressions_.emplace(expression, std::move(made).value()).first->second;
}

std::vector<Match> Project::find_all(const std::string& file, const std::string& expression,
                                     const std::vector<std::string>& needles) const {
  std::vector<Match> matches;
  const Pattern& pattern = compiled(expression);
  const auto holds_one = [&](std::string_view text) {
    return needles.empty() || std::ranges::any_of(needles, [&](const std::string& needle) {
             return text.find(needle) != std::string_view::npos;
           });
  };
  if (!holds_one(text(file))) return matches;
  for_lines(text(file), [&](std::string_view line, std::size_t number) {
    if (line.size() > longest_line || is_comment(line) || !holds_one(line)) return true;
    for (std::size_t from = 0; const auto found = pattern.find(line, from);) {
      matches.push_back({{file, number}, {found->begin(), found->end()}});
      if (found->front().empty()) break;
      from = static_cast<std::size_t>(found->front().data() - line.data()) + found->front().size();
    }
    return true;
  });
  return matches;
}

std::optional<Match> Project::find(const std::string& file, const std::string& expression) const {
  auto matches = find_all(file, expression);
  if (matches.empty()) return std::nullopt;
  return std::move(matches.front());
}

std::optional<Match> Project::find_in(const std::vector<std::string>& files,
                                      const std::string& expression) const {
  for (const std::string& file : files)
    if (auto match = find(file, expression)) return match;
  return std::nullopt;
}

std::vector<std::string> Project::sources(const std::vector<std::string>& endings) const {
  std::vector<std::string> found;
  for (const std::string& file : all_files()) {
    const bool is_test = file.find(".test.") != std::string::npos ||
                         file.find(".spec.") != std::string::npos ||
                         file.find("_test.") != std::string::npos;
    if (!is_test && std::ranges::any_of(
                        endings, [&](const std::string& ending) { return file.ends_with(ending); }))
      found.push_back(file);
  }
  return found;
}

std::vector<std::string> Project::folders() const {
  std::vector<std::string> found;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root_, failed)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory(failed) && !is_made_or_foreign(name)) found.push_back(name);
  }
  std::sort(found.begin(), found.end());
  return found;
}

const std::vector<std::string>& Project::all_files() const {
  if (!files_) files_ = walk(root_);
  return *files_;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

}  // namespace leakbisect::init
