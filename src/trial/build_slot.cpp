#include "trial/build_slot.hpp"

#include "base/files.hpp"

namespace leakbisect::trial {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

namespace {

constexpr const char* unfinished_name = "unfinished.txt";

// What was in the slot before its first build; kept on disk, so that later builds know what is
// theirs.
Result<std::vector<std::string>> pristine_paths(const fs::path& slot, const fs::path& directory) {
  const fs::path file = slot / "pristine.txt";
  if (fs::exists(file)) {
    const auto text = read_file(file);
    if (!text) return text.error();
    return lines_of(*text);
  }
  const std::vector<std::string> paths = units::list_paths(directory);
  std::string text;
  for (const std::string& path : paths) text += path + "\n";
  if (auto written = write_atomic(file, text); !written) return written.error();
  return paths;
}

// What a build in another place left may name that place: the next build here begins without it.
void forget_foreign(const fs::path& slot, const fs::path& directory) {
  const fs::path file = slot / "restored.txt";
  const auto text = read_file(file);
  if (!text) return;
  std::error_code ignored;
  for (const std::string& path : lines_of(*text)) fs::remove_all(directory / path, ignored);
  fs::remove(file, ignored);
}

// True when the build is there now.
Result<bool> take_from_cache(const BuildPlace& place) {
  const auto restored = place.cache->restore(place.key, place.directory);
  if (!restored) return restored.error();
  if (!restored->found) return false;
  std::string paths;
  for (const std::string& path : restored->foreign) paths += path + "\n";
  if (paths.empty()) return true;
  if (auto written = write_atomic(place.slot / "restored.txt", paths); !written)
    return written.error();
  return true;
}

}  // namespace

bool is_cut_short(const fs::path& slot) {
  return fs::exists(slot / unfinished_name);
}

void note_ended(const fs::path& slot) {
  std::error_code ignored;
  fs::remove(slot / unfinished_name, ignored);
}

Result<Readied> ready_slot(const BuildPlace& place, bool is_fresh) {
  std::error_code ignored;
  if (is_fresh)
    for (const char* name : {"built.txt", "pristine.txt", "restored.txt", unfinished_name})
      fs::remove(place.slot / name, ignored);
  Readied readied;
  const auto built = read_file(place.slot / "built.txt");
  readied.is_built = built && !place.key.empty() && *built == place.key;
  if (readied.is_built) return readied;
  auto pristine = pristine_paths(place.slot, place.directory);
  if (!pristine) return pristine.error();
  readied.pristine = std::move(*pristine);
  if (auto begun = write_atomic(place.slot / unfinished_name, ""); !begun) return begun.error();
  fs::remove(place.slot / "built.txt", ignored);  // until this build has ended, it holds none
  if (!place.key.empty()) {
    const auto taken = take_from_cache(place);
    if (!taken) return taken.error();
    readied.is_built = *taken;
    if (*taken) note_ended(place.slot);
  }
  if (!readied.is_built) forget_foreign(place.slot, place.directory);
  return readied;
}

Result<> keep_build(const BuildPlace& place, const std::vector<std::string>& pristine,
                    bool is_new) {
  if (place.key.empty()) return {};
  if (is_new) {
    const auto paths =
        place.artifacts.empty() ? units::new_paths(place.directory, pristine) : place.artifacts;
    // A build that does not fit the cache is still a build.
    static_cast<void>(place.cache->store(place.key, place.directory, paths));
  }
  return write_atomic(place.slot / "built.txt", place.key);
}

void forget_new(const fs::path& directory, const std::vector<std::string>& pristine) {
  std::error_code ignored;
  for (const std::string& path : units::new_paths(directory, pristine))
    fs::remove_all(directory / path, ignored);
}

}  // namespace leakbisect::trial
