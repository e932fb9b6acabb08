// Reads the #include lines of the product and fails on an arrow that points up, on a third-party
// header outside the room that owns it, and on anything but the standard library in strategies/;
// and the pages that people read.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path source = LB_SOURCE_DIR;

struct Include {
  fs::path file;     // relative to the source folder
  std::string room;  // of the file
  std::string target;
  bool quoted;
};

std::string room_of(const fs::path& relative) {
  auto part = relative.begin();
  return *part == "src" ? (++part)->string() : part->string();
}

std::vector<Include> read_includes() {
  std::vector<Include> includes;
  for (const char* top : {"src", "strategies"})
    for (const auto& entry : fs::recursive_directory_iterator(source / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      const fs::path relative = fs::relative(entry.path(), source);
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        if (line.rfind("#include ", 0) != 0 || line.size() < 11) continue;
        const bool quoted = line[9] == '"';
        const auto end = line.find(quoted ? '"' : '>', 10);
        includes.push_back({relative, room_of(relative), line.substr(10, end - 10), quoted});
      }
    }
  return includes;
}

// Higher may include lower; equal only within the room.
const std::map<std::string, int> heights{
    {"base", 0},   {"config", 1}, {"stats", 1},   {"witness", 1}, {"units", 2}, {"subject", 2},
    {"load", 2},   {"probe", 2},  {"traffic", 2}, {"trial", 3},   {"init", 3},  {"executor", 4},
    {"report", 4}, {"hunt", 5},   {"bench", 6},   {"cli", 6}};

bool may_include(const Include& include) {
  const std::string to = include.target.substr(0, include.target.find('/'));
  if (to == include.room) return true;
  if (include.room == "strategies") return false;
  if (to == "strategies") {
    const int from = heights.at(include.room);
    if (include.target == "strategies/search_space.hpp") return from >= heights.at("units");
    if (from >= heights.at("hunt")) return true;
    return include.target == "strategies/strategy.hpp" && from >= heights.at("trial");
  }
  const auto lower = heights.find(to);
  if (lower == heights.end()) return false;
  // report renders records and knows no executor; hunt takes everything below it.
  return lower->second < heights.at(include.room);
}

// The folders inside a room, the lowest first; "" is the room's own top.
const std::map<std::string, std::vector<std::string>> folders{
    {"hunt",
     {"trials", "exec", "ahead", "ends", "proof", "search", "answer", "judges", "beyond", ""}},
    {"bench", {"measure", "search", ""}},
    {"units", {"", "git", "slots", "components", "listed"}},
    {"strategies", {"", "commits", "rules", "script"}},
};

// Of a file of the room, "search/search.hpp"; -1: not in the list.
std::ptrdiff_t height_within(const std::string& room, const fs::path& file) {
  const auto& order = folders.at(room);
  const auto found = std::ranges::find(order, file.parent_path().string());
  return found == order.end() ? -1 : found - order.begin();
}

// Third-party header prefix -> the only places that may name it.
const std::vector<std::pair<std::string, std::vector<std::string>>> owners{
    {"git2", {"src/units/git/"}},
    {"CLI/", {"src/cli/options.cpp", "src/cli/options_", "src/bench/main.cpp"}},
    {"yaml-cpp", {"src/base/yaml.cpp"}},
    {"boost/process", {"src/subject/"}},
    {"boost/beast",
     {"src/load/", "src/base/http.cpp", "src/base/http_post.cpp", "src/base/websocket.cpp",
      "src/base/boost_impl.cpp", "src/report/watch_server.cpp"}},
};

}  // namespace

TEST_CASE("no include points up or sideways") {
  const auto includes = read_includes();
  REQUIRE(includes.size() > 300);
  for (const Include& include : includes) {
    if (!include.quoted) continue;
    CAPTURE(include.file.string());
    CAPTURE(include.target);
    CHECK(may_include(include));
    const bool exists =
        fs::exists(source / include.target) || fs::exists(source / "src" / include.target);
    CHECK(exists);
  }
}

TEST_CASE("no include points up within a room that has folders") {
  for (const Include& include : read_includes()) {
    if (!folders.contains(include.room) || !include.quoted) continue;
    const fs::path target = include.target;
    if (*target.begin() != include.room) continue;
    const bool in_src = *include.file.begin() == "src";
    const auto from = height_within(
        include.room,
        include.file.lexically_relative(fs::path(in_src ? "src" : "") / include.room));
    const auto to = height_within(include.room, target.lexically_relative(include.room));
    CAPTURE(include.file.string());
    CAPTURE(include.target);
    CHECK(from >= 0);
    CHECK(to >= 0);
    CHECK(to <= from);
  }
}

TEST_CASE("third-party headers stay in the room that owns them") {
  for (const Include& include : read_includes())
    for (const auto& [prefix, places] : owners) {
      if (include.quoted || include.target.rfind(prefix, 0) != 0) continue;
      CAPTURE(include.file.string());
      CAPTURE(include.target);
      CHECK(std::ranges::any_of(places, [&](const std::string& place) {
        return include.file.string().rfind(place, 0) == 0;
      }));
    }
}

TEST_CASE("strategies use the standard library only") {
  for (const Include& include : read_includes()) {
    if (include.room != "strategies" || include.quoted) continue;
    CAPTURE(include.file.string());
    CAPTURE(include.target);
    // Standard headers have neither a folder nor an ending, and none of these reads a clock or a
    // file.
    CHECK(include.target.find('/') == std::string::npos);
    CHECK(include.target.find('.') == std::string::npos);
    static const std::set<std::string> impure{"chrono", "ctime",  "fstream",  "filesystem",
                                              "thread", "random", "iostream", "cstdlib"};
    CHECK(!impure.contains(include.target));
  }
}

TEST_CASE("files stay small enough to read") {
  for (const char* top : {"src", "strategies"})
    for (const auto& entry : fs::recursive_directory_iterator(source / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      std::ifstream file(entry.path());
      long lines = 0;
      for (std::string line; std::getline(file, line);) ++lines;
      CAPTURE(entry.path().string());
      CHECK(lines <= 260);
    }
}

TEST_CASE("each folder of src says in its README, or the room's, what its files do") {
  const auto text_of = [](const fs::path& page) {
    std::ifstream file(page);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  for (const auto& entry : fs::recursive_directory_iterator(source / "src")) {
    if (!entry.is_directory()) continue;
    const fs::path room = source / "src" / *fs::relative(entry.path(), source / "src").begin();
    CAPTURE(entry.path().string());
    CHECK(fs::exists(entry.path() / "README.md"));
    const std::string text = text_of(entry.path() / "README.md") +
                             (room == entry.path() ? "" : text_of(room / "README.md"));
    for (const auto& file : fs::directory_iterator(entry.path())) {
      const auto extension = file.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      const std::string stem = file.path().stem().string();
      CAPTURE(stem);
      const bool is_named = text.find("`" + stem + "`") != std::string::npos ||
                            text.find("/" + stem + "`") != std::string::npos ||
                            text.find("`" + stem + ".") != std::string::npos ||
                            text.find("/" + stem + ".") != std::string::npos;
      CHECK(is_named);
    }
  }
}

TEST_CASE("the top level holds what it should and no more") {
  const std::set<std::string> allowed{"CHANGELOG.md", "CMakeLists.txt", "CMakePresets.json",
                                      "LICENSE",      "README.md",      "src",
                                      "strategies",   "examples",       "tests"};
  for (const auto& entry : fs::directory_iterator(source)) {
    const std::string name = entry.path().filename().string();
    const bool ours =
        name.front() != '.' && name.rfind("build", 0) != 0 && name.rfind("leakbisect-out", 0) != 0;
    if (!ours) continue;
    CAPTURE(name);
    CHECK(allowed.contains(name));
  }
}

TEST_CASE("links of the guides lead somewhere, and README is read in one sitting") {
  std::vector<fs::path> pages{source / "README.md", source / ".github" / "CONTRIBUTING.md"};
  for (const char* top : {"src", "strategies", "examples"})
    for (auto at = fs::recursive_directory_iterator(source / top); at != fs::end(at); ++at) {
      const int deepest =
          std::string(top) == "src" ? 1 : 0;  // not what examples make of themselves
      if (at.depth() > deepest) at.disable_recursion_pending();
      if (at->path().extension() == ".md") pages.push_back(at->path());
    }
  CHECK(pages.size() > 20);
  for (const fs::path& page : pages) {
    std::ifstream file(page);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
      target = target.substr(0, target.find('#'));
      if (target.empty() || target.find("://") != std::string::npos) continue;
      CAPTURE(page.string());
      CAPTURE(target);
      CHECK(fs::exists(page.parent_path() / target));
    }
  }
  std::ifstream readme(source / "README.md");
  const auto words = std::distance(std::istream_iterator<std::string>(readme),
                                   std::istream_iterator<std::string>());
  CHECK(words > 500);
  CHECK(words <= 1500);
}
