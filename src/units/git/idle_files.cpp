#include "units/git/idle_files.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace leakbisect::units {
namespace {

using std::string_view;

std::string lower(string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::vector<string_view> parts_of(string_view path) {
  std::vector<string_view> parts;
  while (true) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == string_view::npos) return parts;
    path = path.substr(slash + 1);
  }
}

template <std::size_t N>
bool is_one_of(string_view word, const std::array<string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<string_view, 4> doc_folders{"doc", "docs", "man", "changelog.d"};
constexpr std::array<string_view, 6> doc_endings{"md", "rst", "adoc", "markdown", "1", "5"};
constexpr std::array<string_view, 14> doc_names{
    "readme", "changelog", "changes", "history", "news",   "authors",  "contributors",
    "todo",   "license",   "licence", "copying", "notice", "security", "contributing"};
constexpr std::array<string_view, 7> test_folders{"test",     "tests", "__tests__", "spec",
                                                  "testdata", "t",     "benchmarks"};
constexpr std::array<string_view, 6> farm_folders{".github",    ".circleci", ".gitlab",
                                                  ".buildkite", ".vscode",   ".idea"};
constexpr std::array<string_view, 10> farm_names{
    ".travis.yml",   ".gitlab-ci.yml", "appveyor.yml",  ".appveyor.yml", "jenkinsfile",
    ".editorconfig", ".gitignore",     ".clang-format", ".clang-tidy",   ".mailmap"};

bool is_test_name(const std::string& stem, const std::string& name) {
  return stem.starts_with("test_") || stem.ends_with("_test") || stem.ends_with("_spec") ||
         name.find(".test.") != std::string::npos || name.find(".spec.") != std::string::npos ||
         stem == "conftest";
}

}  // namespace

string_view idle_kind(string_view path) {
  const std::string small = lower(path);
  const std::vector<string_view> parts = parts_of(small);
  const std::string name(parts.back());
  const auto dot = name.rfind('.');
  const std::string stem = name.substr(0, dot);
  const std::string ending = dot == std::string::npos ? "" : name.substr(dot + 1);
  const auto folder_is = [&](const auto& folders) {
    return std::any_of(parts.begin(), parts.end() - 1,
                       [&](string_view part) { return is_one_of(part, folders); });
  };
  if (folder_is(farm_folders) || is_one_of(name, farm_names))
    return "for a build farm or an editor";
  if (folder_is(test_folders) || is_test_name(stem, name)) return "a test";
  const bool is_text = ending.empty() || ending == "txt";
  if (is_one_of(ending, doc_endings) || (is_text && is_one_of(stem, doc_names)) ||
      folder_is(doc_folders))
    return "documentation";
  return "";
}

}  // namespace leakbisect::units
