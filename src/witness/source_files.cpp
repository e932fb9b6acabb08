#include "witness/source_files.hpp"

#include "base/files.hpp"

#include <algorithm>

namespace leakbisect::witness {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 100'000;
constexpr std::uintmax_t largest_file = 64 << 20;
constexpr int minified_from = 500;  // a column that nobody writes by hand

bool is_installed(const fs::path& path) {
  return std::any_of(path.begin(), path.end(),
                     [](const fs::path& part) { return part == "node_modules"; });
}

// Of a file that a tool wrote.
bool looks_generated(const fs::path& relative, const Frame& frame) {
  static const std::set<std::string> folders{".nuxt", ".next", ".output", ".svelte-kit",
                                             "dist",  "build", "out"};
  return frame.column > minified_from || (!relative.empty() && folders.contains(*relative.begin()));
}

std::string read_bounded(const fs::path& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  return failed || size > largest_file ? std::string() : read_if_there(path);
}

// "webpack://name/./components/Video.vue?ab12" is "components/Video.vue" below the project.
bool take_scheme(std::string& source) {
  const auto scheme = source.find("://");
  if (scheme == std::string::npos) return false;
  const auto slash = source.find('/', scheme + 3);
  source = slash == std::string::npos ? "" : source.substr(slash + 1);
  return true;
}

}  // namespace

SourceFiles::SourceFiles(const fs::path& directory) {
  std::error_code failed;
  directory_ = fs::canonical(directory, failed);
  if (failed) directory_ = directory;
}

bool SourceFiles::is_below(const fs::path& path) const {
  const auto [end, ignored] =
      std::mismatch(directory_.begin(), directory_.end(), path.begin(), path.end());
  return end == directory_.end();
}

fs::path SourceFiles::ending_in(const fs::path& end) {
  if (!is_walked_) {
    is_walked_ = true;
    std::error_code failed;
    std::size_t seen = 0;
    fs::recursive_directory_iterator walk(directory_, fs::directory_options::skip_permission_denied,
                                          failed);
    for (const fs::recursive_directory_iterator over;
         !failed && walk != over && ++seen < most_files; walk.increment(failed)) {
      const fs::path name = walk->path().filename();
      if (name == "node_modules" || name == ".git") walk.disable_recursion_pending();
      std::error_code unknown;
      if (walk->is_regular_file(unknown)) by_name_[name.string()].push_back(walk->path());
    }
  }
  fs::path found;
  for (const fs::path& path : by_name_[end.filename().string()]) {
    if (!path.string().ends_with("/" + end.string())) continue;
    if (!found.empty()) return {};
    found = path;
  }
  return found;
}

void SourceFiles::read_map(Script& script) const {
  const std::string text = read_bounded(script.path);
  const std::string address = source_map_address(text);
  script.map_path = script.path;
  std::string map_text;
  if (address.starts_with("data:")) {
    if (const auto inside = text_of_data_address(address)) map_text = *inside;
  } else {
    script.map_path =
        address.empty() || address.find("://") != std::string::npos
            ? fs::path(script.path.string() + ".map")
            : (script.path.parent_path() / address.substr(0, address.find('?'))).lexically_normal();
    map_text = read_bounded(script.map_path);
  }
  if (map_text.empty()) return;
  auto map = SourceMap::parse(map_text);
  if (map) script.map = std::make_shared<const SourceMap>(std::move(*map));
}

const SourceFiles::Script& SourceFiles::script_of(const std::string& file) {
  const auto [found, is_new] = scripts_.try_emplace(file);
  Script& script = found->second;
  if (!is_new) return script;
  // What a program compiles itself has no folder.
  script.path =
      file.starts_with("/") ? fs::path(file) : ending_in(fs::path(file).lexically_normal());
  // Packages ship maps of sources that they do not ship.
  if (!script.path.empty() && is_below(script.path) &&
      !is_installed(script.path.lexically_relative(directory_)))
    read_map(script);
  return script;
}

void SourceFiles::place(Frame& frame, const fs::path& path) const {
  if (!is_below(path)) return;
  const fs::path relative = path.lexically_relative(directory_);
  frame.file = relative.string();
  frame.own = !is_installed(relative);
}

fs::path SourceFiles::path_of_source(const Script& script, std::string source) {
  source = source.substr(0, source.find('?'));
  if (source.starts_with("file://")) return fs::path(source.substr(7)).lexically_normal();
  std::error_code ignored;
  if (!take_scheme(source)) {
    const fs::path path = (script.map_path.parent_path() / source).lexically_normal();
    return fs::exists(path, ignored) ? path : ending_in(fs::path(source).filename());
  }
  const fs::path relative = fs::path(source).lexically_normal();
  if (relative.empty()) return {};
  const fs::path path = (directory_ / relative).lexically_normal();
  return fs::exists(path, ignored) ? path : ending_in(relative);
}

const std::string& SourceFiles::text_of(const fs::path& path) {
  const auto [found, is_new] = texts_.try_emplace(path);
  if (is_new) found->second = read_bounded(path);
  return found->second;
}

Frame SourceFiles::written(Frame frame) {
  if (frame.file.empty() || frame.file.starts_with("node:") || frame.line == 0) return frame;
  const Script& script = script_of(frame.file);
  if (script.path.empty()) return frame;
  const auto place_written =
      script.map ? script.map->at(frame.line - 1, frame.column - 1) : std::nullopt;
  if (!place_written) {
    place(frame, script.path);
    if (frame.own && !script.map && looks_generated(frame.file, frame))
      unmapped_.insert(frame.file);
    // In a file with a map, what is in no source is the tool's own.
    frame.own = frame.own && !script.map;
    return frame;
  }
  frame.own = false;
  const fs::path path = path_of_source(script, place_written->source);
  frame.file = path.empty() ? place_written->source : path.string();
  frame.line = place_written->line + 1;
  frame.column = place_written->column + 1;
  if (!path.empty()) place(frame, path);
  const std::string& content = script.map->content_of(place_written->source);
  if (path.empty() || content.empty()) return frame;
  // Never a wrong line: where the file does not say the same, none.
  const auto line = line_in_file(text_of(path), content, place_written->line);
  frame.line = line ? *line + 1 : 0;
  frame.column = line ? frame.column : 0;
  return frame;
}

void SourceFiles::resolve(Recording& recording) {
  for (Stack& stack : recording.stacks)
    for (Frame& frame : stack) {
      const std::tuple key(frame.function, frame.file, frame.line, frame.column);
      const auto known = known_.find(key);
      frame = known == known_.end() ? known_[key] = written(frame) : known->second;
    }
  recording.unmapped.assign(unmapped_.begin(), unmapped_.end());
}

}  // namespace leakbisect::witness
